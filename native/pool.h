// A thread pool for parallel loops inside kernels. Workers spin briefly after a job, since the next one
// usually follows at once, and then sleep; an idle pool uses no CPU time.
#pragma once
#include <uv.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/kernels.h"

namespace unroll {

/** Flushes subnormal numbers to zero on this thread for the lifetime of the object. */
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();

 private:
  uint64_t before_;
};

/**
 * Work is split into parts that threads claim one by one. The caller claims parts too, so it waits only for
 * parts that a worker has begun: on a busy machine a run is hardly slower than with one thread.
 */
class Pool {
 public:
  typedef void (*Work)(void* context, const Part& part);

  Pool() = default;
  ~Pool();
  /** Starts workers until there are `threads` threads, the caller included; returns the number reached. */
  int grow(int threads);
  /** Runs `work` over 0..units-1, split into `parts` parts; returns when all have finished. */
  void run(int parts, int64_t units, Work work, void* context);

 private:
  struct Worker {
    Pool* pool;
    uint32_t seen;
    uv_thread_t thread;
  };
  void serve(Worker& worker);
  /** Claims and runs parts of the current job until none is left; returns their number. */
  int work_off();

  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<uint32_t> job_{0};  // number of the job, on which workers wait
  // Number of the job, number of its parts, parts claimed, in one atomic word: a late worker cannot claim a
  // part of another job.
  std::atomic<uint64_t> claims_{0};
  std::atomic<uint32_t> ended_{0};  // parts
  std::atomic<bool> stop_{false};
  // Of the current job; constant until all claimed parts have finished.
  Work work_ = nullptr;
  void* context_ = nullptr;
  int64_t units_ = 0;
};

}  // namespace unroll
