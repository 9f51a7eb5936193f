// A program as the native executor keeps it: flat instructions with everything decided at load, and the
// scratch memory that they share with other programs.
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

/** Guards inside each other, at most. */
constexpr int kMaxGuards = 16;

/** A strided window onto the arena, see View in compile/program.ts. */
struct View {
  int64_t offset = 0;
  int rank = 0;
  int64_t shape[kMaxRank] = {}, stride[kMaxRank] = {};
  int64_t loop[kMaxDepth] = {};
};

/** An elementwise plan with the memory it points to. */
struct OwnedEw {
  EwPlan plan;
  std::vector<EwView> views;
  std::vector<EwOp> code;
  std::vector<int> results;
  std::vector<float> constants;
};

/** The elements that a guard looks at; shape and stride are collapsed. */
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
  int next;        // loop, guard: first instruction after it; its body starts right behind it
  int otherwise;   // guard: first instruction of what runs instead of its body
  int64_t count;   // loop
  size_t address;  // call, guard: position in `addresses`
};

/** 64-byte aligned floats that only grow; null when there is no memory. */
class Scratch {
 public:
  ~Scratch();
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
  std::vector<int64_t> starts;                     // of the views of the call under way
  bool parallel = false;                           // some call has enough work for several threads
  int64_t pack_a = 0, shared = 0, per_thread = 0;  // floats of scratch
  std::shared_ptr<Scratch> scratch;                // of all programs that one thread of JavaScript runs
};

/** Floats of scratch that a run of the program with so many threads takes. */
int64_t scratch_floats(const Program& program, int threads);

struct RunOptions {
  float* arena;
  Counter counter;
  const int32_t* cancel;  // may be null
  int threads;
};

/**
 * Decodes and checks a program (encode.ts): every view of every iteration must lie inside the arena, shapes
 * must fit their kernel, outputs must not overlap themselves. Returns null and the reason when it does not
 * hold.
 */
std::unique_ptr<Program> decode(const int32_t* words, size_t count, const double* consts, size_t n_consts,
                                int64_t size, const KernelTable& table, std::string& error);

enum class Outcome { kFinished, kCancelled, kNoMemory };
Outcome run(Program& program, const RunOptions& options, Pool& pool);

}  // namespace unroll
