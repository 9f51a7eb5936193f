// Philox 4x32-10 (Salmon et al., SC 2011), one counter per lane: the same uniform numbers as
// engine/run/random.ts, bit for bit.
#pragma once
#include "kernels.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

/** High and low words of x * factor, lane by lane. */
struct Wide {
  vu high, low;
};
UNROLL_INLINE Wide multiply_wide(vu x, uint32_t factor) {
  const vu64 f = (uint64_t)factor - vu64{}, low_word = 0xffffffffu - vu64{};
  const vu64 even = multiply_even((vu64)x, f), odd = multiply_even((vu64)x >> 32, f);
  return {(vu)((even >> 32) | (odd & ~low_word)), (vu)((even & low_word) | (odd << 32))};
}

/** out[i] = uniform in [0, 1) of element first + i, i < n. */
static void uniform_strip(float* out, int64_t first, int64_t n, uint32_t stream, const Counter& counter) {
  vu lane;
  for (int i = 0; i < W; i++) lane[i] = (uint32_t)i;
  for (int64_t at = 0; at < n; at += W) {
    vu c0 = lane + (uint32_t)(first + at), c1 = counter.iteration - vu{}, c2 = stream - vu{},
       c3 = counter.step - vu{};
    uint32_t k0 = counter.seed_lo, k1 = counter.seed_hi;
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
      const Wide p = multiply_wide(c0, 0xd2511f53u), q = multiply_wide(c2, 0xcd9e8d57u);
      c0 = q.high ^ c1 ^ k0;
      c1 = q.low;
      c2 = p.high ^ c3 ^ k1;
      c3 = p.low;
    }
    const vf u = __builtin_convertvector((vi)(c0 >> 8), vf) * (1.f / 16777216.f);  // 24 bits: exact
    if (n - at >= W)
      store(out + at, u);
    else
      store(out + at, u, tail((int)(n - at)));
  }
}

}  // namespace unroll::UNROLL_ISA
