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

/** Waits until `value` differs from `old`; returns the new value. */
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

int Pool::grow(int threads) {
  while ((int)workers_.size() + 1 < threads) {
    auto worker = std::make_unique<Worker>();
    worker->pool = this;
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

int Pool::work_off() {
  int count = 0;
  uint64_t claims = claims_.load(std::memory_order_acquire);
  for (;;) {
    const int64_t parts = claims >> 16 & 0xffff, part = claims & 0xffff;
    if (part >= parts) return count;
    if (!claims_.compare_exchange_weak(claims, claims + 1, std::memory_order_acq_rel)) continue;
    work_(context_, {units_ * part / parts, units_ * (part + 1) / parts, (int)part});
    count++;
    if (ended_.fetch_add(1, std::memory_order_acq_rel) + 1 == (uint32_t)parts) ended_.notify_all();
    claims = claims_.load(std::memory_order_acquire);
  }
}

void Pool::serve(Worker& worker) {
  FlushSubnormals flush;
  for (;;) {
    worker.seen = await_change(job_, worker.seen);
    if (stop_.load(std::memory_order_acquire)) return;
    work_off();
  }
}

void Pool::run(int parts, int64_t units, Work work, void* context) {
  work_ = work;
  context_ = context;
  units_ = units;
  ended_.store(0, std::memory_order_relaxed);
  const uint32_t job = job_.load(std::memory_order_relaxed) + 1;
  claims_.store((uint64_t)job << 32 | (uint64_t)parts << 16, std::memory_order_release);
  job_.store(job, std::memory_order_release);
  job_.notify_all();
  work_off();
  for (uint32_t ended = ended_.load(std::memory_order_acquire); ended != (uint32_t)parts;)
    ended = await_change(ended_, ended);
}

Pool::~Pool() {
  stop_.store(true, std::memory_order_release);
  job_.fetch_add(1, std::memory_order_acq_rel);
  job_.notify_all();
  for (auto& worker : workers_) uv_thread_join(&worker->thread);
}

void run_parallel(const Team& team, int64_t units, void (*work)(void* context, const Part& part),
                  void* context) {
  const int64_t parts = units < team.threads ? units : team.threads;
  static_cast<Pool*>(team.pool)->run((int)parts, units, work, context);
}

}  // namespace unroll
