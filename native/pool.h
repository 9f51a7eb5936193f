// A small pool of threads that share the work of one kernel. Workers spin a moment after a job, since the
// next one is usually near, and then sleep; an idle pool costs nothing.
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

/**
 * Work is cut into parts that are claimed one by one. The caller claims too, so a part waits for a worker
 * only when that worker has begun it: on a busy machine a run is hardly slower than with one thread.
 */
class Pool {
 public:
  typedef void (*Work)(void* context, const Part& part);

  Pool() = default;
  ~Pool();
  /** Starts workers until `threads` can work together with the caller; returns how many can. */
  int grow(int threads);
  /** Runs `work` over 0..units-1, cut into `parts` parts; returns when all have ended. */
  void run(int parts, int64_t units, Work work, void* context);

 private:
  struct Worker {
    Pool* pool;
    uint32_t seen;
    uv_thread_t thread;
  };
  void serve(Worker& worker);
  /** Claims and runs parts of the current job until none is left; returns how many. */
  int work_off();

  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<uint32_t> job_{0};  // grows with every job, for those who wait
  // Number of the job, its parts, parts claimed: in one word, so that a late worker cannot claim a part of
  // another job.
  std::atomic<uint64_t> claims_{0};
  std::atomic<uint32_t> ended_{0};  // parts
  std::atomic<bool> stop_{false};
  // Of the current job; do not change while a claimed part has not ended.
  Work work_ = nullptr;
  void* context_ = nullptr;
  int64_t units_ = 0;
};

}  // namespace unroll
