// The kernels of this instruction set as one table, the only symbol that the rest of the addon refers to.
#include "kernels.h"
#include "pack.h"
#include "vec.h"

#define UNROLL_QUOTE(x) #x
#define UNROLL_NAME(x) UNROLL_QUOTE(x)

namespace unroll::UNROLL_ISA {
namespace {

constexpr KernelTable with(const char* name, const char* rounded, decltype(&gemm) gemm,
                           decltype(&pack) pack) {
  return {name,          rounded,     W,      TILE_ROWS, (int)kPanel, (int)kBlockK,  (int)kBlockM,
          ew,            gemm,        pack,   reduce,    softmax,     log_softmax,   cross_entropy,
          cross_entropy_grad, gather, scatter_add, one_hot, fma_chains};
}

}  // namespace

const KernelTable table = with(UNROLL_NAME(UNROLL_ISA), "in the f32 kernels, on rounded factors", gemm, pack);

#ifdef UNROLL_TILES
#ifdef UNROLL_ISA_AVX512
#define UNROLL_UNIT "on the AMX matrix unit"
#else
#define UNROLL_UNIT "in plain loops over the tiles of AMX, for tests"
#endif
const KernelTable tiles_table = with(UNROLL_NAME(UNROLL_ISA) "-amx", UNROLL_UNIT, gemm_tiles, pack_pairs);
#endif

}  // namespace unroll::UNROLL_ISA
