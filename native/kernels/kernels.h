// What the kernels are given and what they are called: plans made once at load, and one table of functions
// per instruction set. Pure C++ over lent memory: no allocation, no exceptions, no globals. Output first; M N
// K V E name sizes as in program.ts.
#pragma once
#include <stdint.h>

namespace unroll {

/** Who runs a kernel: the caller, and with `threads` > 1 the threads of a pool that have time. */
struct Crew {
  int threads;
  void* pool;
};

/** Units first..last-1 of some work. `index` < threads tells apart the parts that run at the same time. */
struct Part {
  int64_t first, last;
  int index;
};

/** Splits `units` into parts, runs `work` on each and returns when all are done. Defined in pool.cc. */
void crew_run(const Crew& crew, int64_t units, void (*work)(void* context, const Part& part), void* context);

/** Scratch memory of `stride` floats for every part that runs at the same time. */
struct Lent {
  float* data;
  int64_t stride;
  float* of(const Part& part) const { return data + part.index * stride; }
};

constexpr int kMaxRank = 8;
/** Room for one vector of the widest instruction set, and the alignment of all scratch memory, in floats. */
constexpr int kSplat = 16;

/** What random numbers hang on; `iteration` folds the indices of all enclosing loops. */
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
 * Behind those, functions that only plans have: two in one walk, rounded as two. t = a + b, a - b or a * b
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
  bool direct;  // may be read or written where it lies: nothing that is needed later is overwritten so
  int slot;     // ins: strip of scratch for values that must be copied together; -1 where that is never so
};

/**
 * Elementwise program over `total` elements. They pass in strips: when `rows`, within one row of the innermost
 * dimension or `band` whole rows of the innermost two; else across rows. Scratch per part: kEwRegister floats
 * per register and slots * strip floats; see ew_scratch.
 */
struct EwPlan {
  int rank;
  int64_t shape[kMaxRank];
  int64_t total;
  bool rows;
  int64_t row,
      split;  // elements that strips may not cross: of a row (total when !rows), of its whole vectors
  int64_t strip, strips_per_row, strips;  // elements of a strip, a multiple of kSplat; how many there are
  int64_t band, bands;  // rows of a strip; with more than one, strips per plane of the innermost two dimensions
  int ins, outs, ops, slots;
  int guard;               // input that leaves everything as it is where it is 0; -1 for none
  const EwView* views;     // ins, then outs
  const EwOp* code;        // ops
  const int* results;      // register per out
  const float* constants;  // kSplat floats per op, used by kConst
};

/** Floats that one register's description takes. */
constexpr int kEwRegister = 8;
static constexpr int64_t ew_registers(const EwPlan& plan) {
  return ((int64_t)(plan.ins + plan.ops) * kEwRegister + kSplat - 1) / kSplat * kSplat;
}
static constexpr int64_t ew_scratch(const EwPlan& plan) {
  const int64_t strips = ew_registers(plan) + plan.slots * plan.strip;
  const int64_t vectors = (int64_t)(plan.ins + plan.ops) * kSplat;
  return strips > vectors ? strips : vectors;
}

/** Positions in `precisions` of program.ts. */
enum class Precision { kF32, kBf16, kBf16x3, kCount };

/** out (M,N) = a (M,K) @ b (K,N) [+ c (M,N)], element strides per row and column. */
struct GemmPlan {
  int64_t M, N, K;
  int64_t om, on, am, ak, bk, bn, cm, cn;
  enum Path : int {
    kPacked,  // b is in panels already
    kPack,    // b is packed here, block by block of K
    kDirect,  // few rows, rows of b contiguous: read where they are
    kDot,     // few rows, columns of b contiguous: inner products
  } path;
  bool swapped;         // out^T = b^T @ a^T: whoever runs it hands b as a and a as b
  bool pack_a;          // rows of a are not contiguous, or collide in the caches: copy tiles of rows together
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

/** softmax, logSoftmax, xent, xentGrad over logits (M,V); ids (M), g (M); unused strides are 0. */
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
 * Lent memory: ew scratch: ew_scratch floats per part. gemm: pack_a block_m * block_k, pack_b block_k * N
 * rounded up to `panel`, both shared by all and twice that for kBf16x3. pack: panels of b (K,N), `panel`
 * columns each, see pack.h, rounded.h and pairs.h; uses K, N, bk, bn and precision of its plan.
 * reduce: partials chunks * keep, shared. softmax to xent_grad: scratch V per part. fma_chains: n rounds of
 * independent fused multiply-adds; returns the operations done.
 */
// clang-format off
#define UNROLL_KERNELS(X)                                                                                               \
  X(void, ew, (float* arena, const EwPlan&, const int64_t* at, const Lent&, const Counter&, const Crew&))            \
  X(void, gemm, (float* out, const float* a, const float* b, const float* c, const GemmPlan&, float* pack_a, float* pack_b, const Crew&)) \
  X(void, pack, (float* panels, const float* b, const GemmPlan&, const Crew&))                                          \
  X(void, reduce, (float* out, const float* x, const float* y, const float* c, const ReducePlan&, float* partials, const Crew&)) \
  X(void, softmax, (float* out, const float* in, const RowsPlan&, const Lent&, const Crew&))                         \
  X(void, log_softmax, (float* out, const float* in, const RowsPlan&, const Lent&, const Crew&))                     \
  X(void, xent, (float* out, const float* logits, const float* ids, const RowsPlan&, const Lent&, const Crew&))      \
  X(void, xent_grad, (float* out, const float* logits, const float* ids, const float* g, const RowsPlan&, const Lent&, const Crew&)) \
  X(void, gather, (float* out, const float* table, const float* ids, const float* c, const LookupPlan&, const Crew&))   \
  X(void, scatter_add, (float* out, const float* rows, const float* ids, const LookupPlan&, const Crew&))               \
  X(void, one_hot, (float* out, const float* ids, const LookupPlan&, const Crew&))                                      \
  X(double, fma_chains, (int64_t n))
// clang-format on

/** The kernels of one instruction set, and the sizes that a plan must know. */
struct KernelTable {
  const char* name;
  const char* rounded;  // for people: how products of rounded factors are made
  int width;      // floats per vector
  int tile_rows;  // rows and columns of out per micro-kernel
  int panel;
  int block_k, block_m;
#define UNROLL_MEMBER(result, name, arguments) result(*name) arguments;
  UNROLL_KERNELS(UNROLL_MEMBER)
#undef UNROLL_MEMBER
};

// The matrix unit is asked for as Linux wants it, and compiled by GCC from 11 on.
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
                float* pack_b, const Crew&);
void pack_pairs(float* panels, const float* b, const GemmPlan&, const Crew&);
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
