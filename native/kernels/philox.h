// Philox 4x32-10 (Salmon et al., SC 2011) for a run of counters: the same uniform numbers as
// engine/run/random.ts, bit for bit.
#pragma once
#include "kernels.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

constexpr int kLanes = 16;  // plain loops over so many counters become vector code

/** out[i] = uniform in [0, 1) of element first + i, i < n. */
static void uniform_strip(float* out, int64_t first, int64_t n, uint32_t stream, const Counter& counter) {
  for (int64_t at = 0; at < n; at += kLanes) {
    uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
    for (int i = 0; i < kLanes; i++) {
      c0[i] = (uint32_t)(first + at) + (uint32_t)i;
      c1[i] = counter.iteration;
      c2[i] = stream;
      c3[i] = counter.step;
    }
    uint32_t k0 = counter.seed_lo, k1 = counter.seed_hi;
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
      for (int i = 0; i < kLanes; i++) {
        const uint64_t p = (uint64_t)c0[i] * 0xd2511f53u, q = (uint64_t)c2[i] * 0xcd9e8d57u;
        c0[i] = (uint32_t)(q >> 32) ^ c1[i] ^ k0;
        c1[i] = (uint32_t)q;
        c2[i] = (uint32_t)(p >> 32) ^ c3[i] ^ k1;
        c3[i] = (uint32_t)p;
      }
    }
    const int count = n - at < kLanes ? (int)(n - at) : kLanes;
    for (int i = 0; i < count; i++) out[at + i] = (float)(int32_t)(c0[i] >> 8) * (1.f / 16777216.f);
  }
}

}  // namespace unroll::UNROLL_ISA
