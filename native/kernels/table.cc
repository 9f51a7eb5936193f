// This instruction set's kernels as one value: the only symbol that the rest of the addon takes from here.
#include "kernels.h"
#include "pack.h"
#include "vec.h"

#define UNROLL_QUOTE(x) #x
#define UNROLL_NAME(x) UNROLL_QUOTE(x)

namespace unroll::UNROLL_ISA {

const KernelTable table = {UNROLL_NAME(UNROLL_ISA),
                           W,
                           TILE_ROWS,
                           (int)kPanel,
                           (int)kBlockK,
                           (int)kBlockM,
                           ew,
                           gemm,
                           pack,
                           reduce,
                           softmax,
                           log_softmax,
                           xent,
                           xent_grad,
                           gather,
                           scatter_add,
                           one_hot,
                           fma_chains};

}  // namespace unroll::UNROLL_ISA
