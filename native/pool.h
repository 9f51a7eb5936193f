// A small pool of threads that run one kernel together. Workers spin a moment after a job, since the next one
// is usually near, and then sleep; an idle pool costs nothing.
#pragma once
#include <uv.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/kernels.h"

namespace unroll {

/** Counts subnormal numbers as zero while it lives, on this thread. */
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();

 private:
  uint64_t before_;
};

/** Meeting point of a team; reusable at once. */
class Barrier {
 public:
  void wait(int count);

 private:
  std::atomic<uint32_t> arrived_{0};
  std::atomic<uint32_t> round_{0};
};

class Pool {
 public:
  typedef void (*Work)(void* context, const Team& team);

  Pool() = default;
  ~Pool();
  /** Starts workers until `threads` can work together with the caller; returns how many can. */
  int grow(int threads);
  /** Runs `work` once on each of `count` threads, the caller being the first; returns when all have ended. */
  void run(int count, Work work, void* context);

 private:
  struct Worker {
    Pool* pool;
    int index;
    uint32_t seen;
    uv_thread_t thread;
  };
  void serve(Worker& worker);

  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<uint32_t> job_{0};      // number of the job that is under way
  std::atomic<uint32_t> pending_{0};  // workers that have not ended it
  Barrier barrier_;
  Work work_ = nullptr;  // null: end
  void* context_ = nullptr;
  int count_ = 0;
};

}  // namespace unroll
