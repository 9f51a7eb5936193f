#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace unroll {

namespace {

constexpr int kSpins = 2000;  // about 20-60 us

void pause_briefly() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/** Waits until `value` is no longer `old`; returns what it became. */
uint32_t await_change(const std::atomic<uint32_t>& value, uint32_t old) {
  for (int spin = 0; spin < kSpins; spin++) {
    const uint32_t now = value.load(std::memory_order_acquire);
    if (now != old) return now;
    pause_briefly();
  }
  for (;;) {
    value.wait(old, std::memory_order_acquire);
    const uint32_t now = value.load(std::memory_order_acquire);
    if (now != old) return now;
  }
}

}  // namespace

FlushSubnormals::FlushSubnormals() {
#if defined(__x86_64__)
  before_ = _mm_getcsr();
  _mm_setcsr((unsigned)before_ | 0x8040);  // flush to zero, subnormals are zero
#elif defined(__aarch64__)
  asm volatile("mrs %0, fpcr" : "=r"(before_));
  asm volatile("msr fpcr, %0" ::"r"(before_ | (1ull << 24)));
#endif
}

FlushSubnormals::~FlushSubnormals() {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)before_);
#elif defined(__aarch64__)
  asm volatile("msr fpcr, %0" ::"r"(before_));
#endif
}

void Barrier::wait(int count) {
  const uint32_t round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == (uint32_t)count) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
  } else {
    await_change(round_, round);
  }
}

void team_sync(const Team& team) {
  if (team.count > 1) static_cast<Barrier*>(team.barrier)->wait(team.count);
}

int Pool::grow(int threads) {
  while ((int)workers_.size() + 1 < threads) {
    auto worker = std::make_unique<Worker>();
    worker->pool = this;
    worker->index = (int)workers_.size() + 1;
    worker->seen = job_.load();
    const auto entry = [](void* self) {
      auto* worker = static_cast<Worker*>(self);
      worker->pool->serve(*worker);
    };
    if (uv_thread_create(&worker->thread, entry, worker.get()) != 0) break;  // fewer threads, same results
    workers_.push_back(std::move(worker));
  }
  return (int)workers_.size() + 1 < threads ? (int)workers_.size() + 1 : threads;
}

void Pool::serve(Worker& worker) {
  FlushSubnormals flush;
  for (;;) {
    worker.seen = await_change(job_, worker.seen);
    if (!work_) return;
    if (worker.index < count_) work_(context_, {worker.index, count_, &barrier_});
    if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) pending_.notify_all();
  }
}

void Pool::run(int count, Work work, void* context) {
  work_ = work;
  context_ = context;
  count_ = count;
  pending_.store((uint32_t)workers_.size(), std::memory_order_relaxed);
  job_.fetch_add(1, std::memory_order_acq_rel);
  job_.notify_all();
  if (work) work(context, {0, count, &barrier_});
  for (uint32_t left = pending_.load(std::memory_order_acquire); left != 0;)
    left = await_change(pending_, left);
}

Pool::~Pool() {
  work_ = nullptr;
  job_.fetch_add(1, std::memory_order_acq_rel);
  job_.notify_all();
  for (auto& worker : workers_) uv_thread_join(&worker->thread);
}

}  // namespace unroll
