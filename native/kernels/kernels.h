// Interface of the kernels: plans made once at load, and one table of functions per instruction set. Pure C++
// over memory of the caller: no allocation, no exceptions, no globals. Outputs come first; M N K V E name
// sizes as in program.ts.
#pragma once
#include <stdint.h>

namespace unroll {

/** The threads that run a kernel: the caller and, if `threads` > 1, idle threads of the pool. */
struct Team {
  int threads;
  void* pool;
};

/** Units first..last-1 of a parallel loop. `index` < threads differs between parts that run at the same time.
 */
struct Part {
  int64_t first, last;
  int index;
};

/** Splits `units` into parts, runs `work` on each and returns when all are done. Defined in pool.cc. */
void run_parallel(const Team& team, int64_t units, void (*work)(void* context, const Part& part),
                  void* context);

/** Scratch memory of the caller: `stride` floats for every part that runs at the same time. */
struct Scratch {
  float* data;
  int64_t stride;
  float* of(const Part& part) const { return data + part.index * stride; }
};

constexpr int kMaxRank = 8;
/** Length of a padded vector, in floats: the widest of all instruction sets; also the alignment of scratch
 * memory. */
constexpr int kPadded = 16;

/** The counter of random numbers; `iteration` combines the indices of all enclosing loops. */
struct Counter {
  uint32_t seed_lo, seed_hi, step, iteration;
};

/** Positions in `ewFunctions` of program.ts. */
// clang-format off
enum class Fn {
  kConst, kAdd, kSub, kMul, kDiv, kMax, kMin, kNeg, kAbs, kExp, kLog, kSqrt, kTanh, kSigmoid, kRelu,
  kGt, kGe, kEq, kSelect, kUniform, kFloor, kFma, kCount
};
// clang-format on

/**
 * After those, functions that exist in plans only: two operations in one pass, each rounded. t = a + b, a - b
 * or a * b
 * (`inner`), then t + c, t - c, c - t or t * c (`outer`).
 */
constexpr int kInner = 3, kOuter = 4, kFunctions = (int)Fn::kCount + kInner * kOuter;
static constexpr Fn pair_of(int inner, int outer) { return (Fn)((int)Fn::kCount + inner * kOuter + outer); }

struct EwOp {
  Fn fn;
  int a, b, c;      // registers
  int slot;         // strip of scratch that holds the result; -1 for a constant
  uint32_t stream;  // kUniform
};

/** An input or output of an elementwise call over the collapsed shape. */
struct EwView {
  int64_t stride[kMaxRank];
  bool flat;    // dense over the whole shape
  bool scalar;  // one value for the whole shape
  bool direct;  // may be read or written in place: overwrites no value that is read later
  int slot;     // ins: strip of scratch into which values are gathered; -1: never needed
};

/**
 * Elementwise program over `total` elements, processed in strips: if `rows`, within one row of the innermost
 * dimension or over `band` whole rows of the innermost two; else across rows. Scratch per part: kEwRegister
 * floats per register and slots * strip floats; see ew_scratch.
 */
struct EwPlan {
  int rank;
  int64_t shape[kMaxRank];
  int64_t total;
  bool rows;
  int64_t row,
      split;  // elements that strips may not cross: of a row (total when !rows), of its whole vectors
  int64_t strip, strips_per_row, strips;  // elements of a strip, a multiple of kPadded; how many there are
  int64_t band, bands;  // rows of a strip; with more than one, strips per plane of the innermost two dimensions
  int ins, outs, ops, slots;
  int guard;               // scalar input: the call is skipped if it is 0; -1: none
  const EwView* views;     // ins, then outs
  const EwOp* code;        // ops
  const int* results;      // register per out
  const float* constants;  // kPadded floats per op, used by kConst
};

/** Floats that the descriptor of one register takes. */
constexpr int kEwRegister = 8;
static constexpr int64_t ew_registers(const EwPlan& plan) {
  return ((int64_t)(plan.ins + plan.ops) * kEwRegister + kPadded - 1) / kPadded * kPadded;
}
static constexpr int64_t ew_scratch(const EwPlan& plan) {
  const int64_t strips = ew_registers(plan) + plan.slots * plan.strip;
  const int64_t vectors = (int64_t)(plan.ins + plan.ops) * kPadded;
  return strips > vectors ? strips : vectors;
}

/** Positions in `precisions` of program.ts. */
enum class Precision { kF32, kBf16, kBf16x3, kCount };

/** out (M,N) = a (M,K) @ b (K,N) [+ c (M,N)], element strides per row and column. */
struct GemmPlan {
  int64_t M, N, K;
  int64_t om, on, am, ak, bk, bn, cm, cn;
  enum Path : int {
    kPacked,  // b is packed already
    kPack,    // b is packed here, block by block of K
    kDirect,  // few rows, rows of b contiguous: read in place
    kDot,     // few rows, columns of b contiguous: inner products
  } path;
  bool swapped;         // out^T = b^T @ a^T: the caller passes b as a and a as b
  bool pack_a;          // rows of a are not contiguous, or map to the same cache sets: copy tiles
  Precision precision;  // not kF32: always pack_a, and kPacked or kPack
};

/** out[keep] = fold over reduced of x[keep, reduced], or of x * y; [+ c[keep]]; shapes are collapsed. */
struct ReducePlan {
  enum Fold : int { kSum, kMaximum, kDot } fold;
  int keep_rank, reduced_rank;
  int64_t keep_shape[kMaxRank], out_stride[kMaxRank], in_stride[kMaxRank], y_stride[kMaxRank];
  int64_t c_stride[kMaxRank];
  int64_t reduced_shape[kMaxRank], reduced_stride[kMaxRank], y_reduced_stride[kMaxRank];
  int64_t keep, reduced;
  enum Path : int {
    kRows,     // reduced elements contiguous: chunks of a row, then the chunks
    kColumns,  // kept elements contiguous: chunks of rows added as vectors, then the chunks
    kAny,
  } path;
  int64_t chunk, chunks;
};

/** softmax, logSoftmax, crossEntropy, crossEntropyGrad over logits (M,V); ids (M), g (M); unused strides are 0. */
struct RowsPlan {
  int64_t M, V;
  int64_t om, ov, im, iv, ids, g;
};

/** gather, scatterAdd, oneHot: M ids, a table or result of V rows, E columns. */
struct LookupPlan {
  int64_t M, V, E;
  int64_t om, oe, im, ie, ids, cm, ce;
};

/**
 * Every kernel: result, name, arguments. `at` holds the starts of an elementwise call's views, outs first.
 * Memory of the caller: ew: ew_scratch floats per part. gemm: pack_a block_m * block_k, pack_b block_k * N
 * rounded up to `panel`, both shared by all and twice that for kBf16x3. pack: panels of b (K,N), `panel`
 * columns each, see pack.h, rounded.h and pairs.h; uses K, N, bk, bn and precision of its plan.
 * reduce: partials chunks * keep, shared. softmax to cross_entropy_grad: scratch V per part. fma_chains: n rounds of
 * independent fused multiply-adds; returns the operations done.
 */
// clang-format off
#define UNROLL_KERNELS(X)                                                                                               \
  X(void, ew, (float* arena, const EwPlan&, const int64_t* at, const Scratch&, const Counter&, const Team&))            \
  X(void, gemm, (float* out, const float* a, const float* b, const float* c, const GemmPlan&, float* pack_a, float* pack_b, const Team&)) \
  X(void, pack, (float* panels, const float* b, const GemmPlan&, const Team&))                                          \
  X(void, reduce, (float* out, const float* x, const float* y, const float* c, const ReducePlan&, float* partials, const Team&)) \
  X(void, softmax, (float* out, const float* in, const RowsPlan&, const Scratch&, const Team&))                         \
  X(void, log_softmax, (float* out, const float* in, const RowsPlan&, const Scratch&, const Team&))                     \
  X(void, cross_entropy, (float* out, const float* logits, const float* ids, const RowsPlan&, const Scratch&, const Team&)) \
  X(void, cross_entropy_grad, (float* out, const float* logits, const float* ids, const float* g, const RowsPlan&, const Scratch&, const Team&)) \
  X(void, gather, (float* out, const float* table, const float* ids, const float* c, const LookupPlan&, const Team&))   \
  X(void, scatter_add, (float* out, const float* rows, const float* ids, const LookupPlan&, const Team&))               \
  X(void, one_hot, (float* out, const float* ids, const LookupPlan&, const Team&))                                      \
  X(double, fma_chains, (int64_t n))
// clang-format on

/** The kernels of one instruction set, and the sizes that plans depend on. */
struct KernelTable {
  const char* name;
  const char* rounded;  // for display: how products of rounded factors are computed
  int width;      // floats per vector
  int tile_rows;  // rows and columns of out per micro-kernel
  int panel;
  int block_k, block_m;
#define UNROLL_MEMBER(result, name, arguments) result(*name) arguments;
  UNROLL_KERNELS(UNROLL_MEMBER)
#undef UNROLL_MEMBER
};

// AMX is requested through Linux and compiled by GCC 11 or later.
#if defined(UNROLL_ARCH_x64) && defined(__linux__) && !defined(__clang__) && __has_include(<amxbf16intrin.h>)
#define UNROLL_AMX
#endif

#ifdef UNROLL_ISA
#if (defined(UNROLL_ISA_AVX512) && defined(UNROLL_AMX)) || defined(UNROLL_ISA_AVX2X16)
#define UNROLL_TILES
#endif
namespace UNROLL_ISA {
#ifdef UNROLL_TILES
/** gemm and pack with products of rounded factors on the matrix unit. */
void gemm_tiles(float* out, const float* a, const float* b, const float* c, const GemmPlan&, float* pack_a,
                float* pack_b, const Team&);
void pack_pairs(float* panels, const float* b, const GemmPlan&, const Team&);
#endif
#define UNROLL_DECLARE(result, name, arguments) result name arguments;
UNROLL_KERNELS(UNROLL_DECLARE)
#undef UNROLL_DECLARE
}  // namespace UNROLL_ISA
#endif

#ifdef UNROLL_ARCH_x64
namespace avx2 {
extern const KernelTable table;
}
namespace avx2x16 {
extern const KernelTable table, tiles_table;
}
namespace avx512 {
extern const KernelTable table, tiles_table;  // tiles_table only with UNROLL_AMX
}
#endif
namespace portable {
extern const KernelTable table;
}

}  // namespace unroll
