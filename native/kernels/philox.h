// Philox 4x32-10 (Salmon et al., SC 2011), one counter per lane, four numbers each: the same uniform numbers as
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

/** The four words of W counters from c0 = first on. */
UNROLL_INLINE void philox_words(vu words[4], uint32_t first, uint32_t stream, const Counter& counter) {
  vu lane;
  for (int i = 0; i < W; i++) lane[i] = (uint32_t)i;
  vu c0 = lane + first, c1 = counter.iteration - vu{}, c2 = stream - vu{}, c3 = counter.step - vu{};
  uint32_t k0 = counter.seed_lo, k1 = counter.seed_hi;
  for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
    const Wide p = multiply_wide(c0, 0xd2511f53u), q = multiply_wide(c2, 0xcd9e8d57u);
    c0 = q.high ^ c1 ^ k0;
    c1 = q.low;
    c2 = p.high ^ c3 ^ k1;
    c3 = p.low;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

/** to[4 i + word] = words[word][i] as a number in [0, 1) of 24 bits. */
UNROLL_INLINE void store_numbers(float* to, const vu words[4]) {
  vf x[4];
  for (int word = 0; word < 4; word++)
    x[word] = __builtin_convertvector((vi)(words[word] >> 8), vf) * (1.f / 16777216.f);  // exact
#ifdef UNROLL_SHUFFLES
  const vf even_low = __builtin_shufflevector(x[0], x[2], UNROLL_LOW);
  const vf even_high = __builtin_shufflevector(x[0], x[2], UNROLL_HIGH);
  const vf odd_low = __builtin_shufflevector(x[1], x[3], UNROLL_LOW);
  const vf odd_high = __builtin_shufflevector(x[1], x[3], UNROLL_HIGH);
  store(to, __builtin_shufflevector(even_low, odd_low, UNROLL_LOW));
  store(to + W, __builtin_shufflevector(even_low, odd_low, UNROLL_HIGH));
  store(to + 2 * W, __builtin_shufflevector(even_high, odd_high, UNROLL_LOW));
  store(to + 3 * W, __builtin_shufflevector(even_high, odd_high, UNROLL_HIGH));
#else
  for (int word = 0; word < 4; word++)
    for (int i = 0; i < W; i++) to[4 * i + word] = x[word][i];
#endif
}

/** out[i] = uniform in [0, 1) of element first + i, i < n: word e % 4 of counter e / 4 for element e. */
static void uniform_strip(float* out, int64_t first, int64_t n, uint32_t stream, const Counter& counter) {
  for (int64_t at = 0; at < n;) {
    const uint32_t element = (uint32_t)(first + at);
    vu words[4];
    philox_words(words, element / 4, stream, counter);
    const int64_t skip = element % 4, count = n - at < 4 * W - skip ? n - at : 4 * W - skip;
    if (count == 4 * W) {
      store_numbers(out + at, words);
    } else {
      float numbers[4 * W];
      store_numbers(numbers, words);
      for (int64_t i = 0; i < count; i++) out[at + i] = numbers[skip + i];
    }
    at += count;
  }
}

}  // namespace unroll::UNROLL_ISA
