// A decoded program: flat instructions with plans made at load, and the scratch memory that it shares with
// other programs.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "pool.h"

namespace unroll {

constexpr int kMaxDepth = 8;

/** Positions in `kernels` of compile/program.ts. */
enum class Kernel {
  kLoop,
  kEw,
  kGemm,
  kPack,
  kSum,
  kMax,
  kSoftmax,
  kLogSoftmax,
  kXent,
  kXentGrad,
  kGather,
  kScatterAdd,
  kOneHot,
  kDot,
  kGuard,
  kCount
};

/** Limit on the nesting of guards. */
constexpr int kMaxGuards = 16;

/** A strided window onto the arena, see View in compile/program.ts. */
struct View {
  int64_t offset = 0;
  int rank = 0;
  int64_t shape[kMaxRank] = {}, stride[kMaxRank] = {};
  int64_t loop[kMaxDepth] = {};
};

/** An elementwise plan with the arrays that it points to. */
struct OwnedEw {
  EwPlan plan;
  std::vector<EwView> views;
  std::vector<EwOp> code;
  std::vector<int> results;
  std::vector<float> constants;
};

/** The elements that a guard tests; shape and stride are collapsed. */
struct GuardPlan {
  int rank;
  int64_t shape[kMaxRank], stride[kMaxRank];
};

struct Instruction {
  Kernel kernel;
  bool parallel;   // enough work for several threads
  bool reverse;    // loop
  int views;       // call: outs, then ins
  int plan;        // call, guard: index among the plans of its kind
  int next;        // loop, guard: first instruction after it; its body follows it directly
  int otherwise;   // guard: first instruction of the branch taken if all elements are 0
  int64_t count;   // loop
  size_t address;  // call, guard: position in `addresses`
};

/** A 64-byte aligned array of floats that only grows; reserve returns false if memory cannot be allocated. */
class ScratchBuffer {
 public:
  ~ScratchBuffer();
  bool reserve(int64_t floats);
  float* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  float* data_ = nullptr;
  int64_t size_ = 0;
};

struct Program {
  const KernelTable* table = nullptr;
  int64_t size = 0;
  std::vector<Instruction> code;
  /** Per view: its offset, then the stride of every enclosing loop. */
  std::vector<int64_t> addresses;
  std::vector<OwnedEw> ews;
  std::vector<GemmPlan> gemms;  // also pack, which uses K, N, bk, bn, precision
  std::vector<ReducePlan> reduces;
  std::vector<RowsPlan> rows;
  std::vector<LookupPlan> lookups;
  std::vector<GuardPlan> guards;
  int max_views = 0;
  std::vector<int64_t> starts;                     // of the views of the current call
  bool parallel = false;                           // a call has enough work for several threads
  int64_t pack_a = 0, shared = 0, per_thread = 0;  // floats of scratch
  std::shared_ptr<ScratchBuffer> scratch;          // shared by all programs of one JavaScript thread
};

/** Floats of scratch memory that a run of the program with `threads` threads needs. */
int64_t scratch_floats(const Program& program, int threads);

struct RunOptions {
  float* arena;
  Counter counter;
  const int32_t* cancel;  // may be null
  int threads;
};

/**
 * Decodes and checks a program (encode.ts): every view of every iteration must lie inside the arena, shapes
 * must fit their kernel, outputs must not overlap themselves. Otherwise returns null and sets `error`.
 */
std::unique_ptr<Program> decode(const int32_t* words, size_t count, const double* consts, size_t n_consts,
                                int64_t size, const KernelTable& table, std::string& error);

enum class Outcome { kFinished, kCancelled, kNoMemory };
Outcome run(Program& program, const RunOptions& options, Pool& pool);

}  // namespace unroll
