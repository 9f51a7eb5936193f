// Executes a program: loops, guards, the addresses of the current iteration and one kernel call after the
// other. Without checks: decode.cc has made them all.
#include <atomic>
#include <cstdlib>
#include <new>

#include "program.h"

namespace unroll {

namespace {

constexpr int64_t kAlign = kPadded;  // floats

int64_t round_up(int64_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

class Runner {
 public:
  Runner(Program& program, const RunOptions& options, Pool& pool, int threads)
      : program_(program), options_(options), pool_(pool), threads_(threads), counter_(options.counter) {}

  bool run() { return range(0, (int)program_.code.size()); }

 private:
  bool cancelled() const {
    return options_.cancel && __atomic_load_n(options_.cancel, __ATOMIC_RELAXED) != 0;
  }

  bool range(int first, int last) {
    for (int i = first; i < last;) {
      const Instruction& instruction = program_.code[i];
      if (instruction.kernel == Kernel::kLoop) {
        if (!loop(instruction, i + 1)) return false;
        i = instruction.next;
      } else if (instruction.kernel == Kernel::kGuard) {
        const bool set = any(instruction);
        if (!range(set ? i + 1 : instruction.otherwise, set ? instruction.otherwise : instruction.next))
          return false;
        i = instruction.next;
      } else {
        call(instruction);
        i++;
      }
    }
    return true;
  }

  bool loop(const Instruction& instruction, int first) {
    const int64_t count = instruction.count;
    const uint32_t outer = counter_.iteration;
    const int depth = depth_++;
    bool finished = true;
    for (int64_t n = 0; n < count && finished; n++) {
      if (cancelled()) {
        finished = false;
        break;
      }
      const int64_t i = instruction.reverse ? count - 1 - n : n;
      index_[depth] = i;
      counter_.iteration = outer * (uint32_t)count + (uint32_t)i;
      finished = range(first, instruction.next);
    }
    depth_ = depth;
    counter_.iteration = outer;
    return finished;
  }

  /** Offset of a view's first element in this iteration. */
  int64_t start(const int64_t* address) const {
    int64_t at = address[0];
    for (int d = 0; d < depth_; d++) at += address[1 + d] * index_[d];
    return at;
  }

  /** True if some element that a guard tests is not 0. */
  bool any(const Instruction& instruction) const {
    const GuardPlan& p = program_.guards[instruction.plan];
    const float* x = options_.arena + start(program_.addresses.data() + instruction.address);
    int64_t total = 1, at[kMaxRank] = {};
    for (int d = 0; d < p.rank; d++) total *= p.shape[d];
    const int inner = p.rank - 1;
    for (int64_t row = 0; row < total; row += p.shape[inner]) {
      const float* here = x;
      for (int d = 0; d < inner; d++) here += at[d] * p.stride[d];
      for (int64_t i = 0; i < p.shape[inner]; i++)
        if (here[i * p.stride[inner]] != 0.f) return true;
      for (int d = inner - 1; d >= 0 && ++at[d] == p.shape[d]; d--) at[d] = 0;
    }
    return false;
  }

  void call(const Instruction& instruction) {
    const int64_t* address = program_.addresses.data() + instruction.address;
    int64_t* at = program_.starts.data();
    for (int v = 0; v < instruction.views; v++, address += depth_ + 1) at[v] = start(address);
    kernel(instruction, {instruction.parallel ? threads_ : 1, &pool_});
  }

  void kernel(const Instruction& instruction, const Team& team) {
    const KernelTable& table = *program_.table;
    const int64_t* at = program_.starts.data();
    float* const arena = options_.arena;
    float* const pack_a = program_.scratch->data();
    float* const shared = pack_a + round_up(program_.pack_a);
    const Scratch own = {shared + round_up(program_.shared), round_up(program_.per_thread)};
    const auto view = [&](int v) { return arena + at[v]; };
    const int plan = instruction.plan, views = instruction.views;
    switch (instruction.kernel) {
      case Kernel::kEw:
        return table.ew(arena, program_.ews[plan].plan, at, own, counter_, team);
      case Kernel::kGemm: {
        const GemmPlan& p = program_.gemms[plan];
        const float* c = instruction.views == 4 ? view(3) : nullptr;
        return table.gemm(view(0), view(p.swapped ? 2 : 1), view(p.swapped ? 1 : 2), c, p, pack_a, shared,
                          team);
      }
      case Kernel::kPack:
        return table.pack(view(0), view(1), program_.gemms[plan], team);
      case Kernel::kSum:
      case Kernel::kMax:
        return table.reduce(view(0), view(1), nullptr, views > 2 ? view(2) : nullptr, program_.reduces[plan],
                            shared, team);
      case Kernel::kDot:
        return table.reduce(view(0), view(1), view(2), views > 3 ? view(3) : nullptr, program_.reduces[plan],
                            shared, team);
      case Kernel::kSoftmax:
        return table.softmax(view(0), view(1), program_.rows[plan], own, team);
      case Kernel::kLogSoftmax:
        return table.log_softmax(view(0), view(1), program_.rows[plan], own, team);
      case Kernel::kXent:
        return table.cross_entropy(view(0), view(1), view(2), program_.rows[plan], own, team);
      case Kernel::kXentGrad:
        return table.cross_entropy_grad(view(0), view(1), view(2), view(3), program_.rows[plan], own, team);
      case Kernel::kGather:
        return table.gather(view(0), view(1), view(2), views > 3 ? view(3) : nullptr, program_.lookups[plan],
                            team);
      case Kernel::kScatterAdd:
        return table.scatter_add(view(0), view(1), view(2), program_.lookups[plan], team);
      case Kernel::kOneHot:
        return table.one_hot(view(0), view(1), program_.lookups[plan], team);
      case Kernel::kLoop:
      case Kernel::kGuard:
      case Kernel::kCount:
        return;
    }
  }

  Program& program_;
  const RunOptions& options_;
  Pool& pool_;
  const int threads_;
  Counter counter_;
  int depth_ = 0;
  int64_t index_[kMaxDepth] = {};
};

}  // namespace

ScratchBuffer::~ScratchBuffer() { ::operator delete[](data_, std::align_val_t{64}); }

bool ScratchBuffer::reserve(int64_t floats) {
  if (floats <= size_) return true;
  ::operator delete[](data_,
                      std::align_val_t{64});  // before the allocation, so that both never exist at once
  size_ = 0;
  data_ = static_cast<float*>(
      ::operator new[](sizeof(float) * (size_t)floats, std::align_val_t{64}, std::nothrow));
  if (!data_) return false;
  size_ = floats;
  return true;
}

int64_t scratch_floats(const Program& program, int threads) {
  return round_up(program.pack_a) + round_up(program.shared) +
         (program.parallel ? threads : 1) * round_up(program.per_thread);
}

Outcome run(Program& program, const RunOptions& options, Pool& pool) {
  const int threads = program.parallel && options.threads > 1 ? pool.grow(options.threads) : 1;
  program.starts.resize((size_t)program.max_views);
  if (!program.scratch->reserve(scratch_floats(program, threads))) return Outcome::kNoMemory;
  FlushSubnormals flush;
  return Runner(program, options, pool, threads).run() ? Outcome::kFinished : Outcome::kCancelled;
}

}  // namespace unroll
