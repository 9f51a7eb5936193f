// exp, log, tanh and sigmoid on vectors, within 4 ulp of f32. Infinities give the exact limits, NaN
// propagates, subnormals count as 0.
#pragma once
#include "vec.h"

namespace unroll::UNROLL_ISA {

/** x = n ln2 + r with |r| <= ln2 / 2; n in both forms. ln2 is split so that n * high is exact. */
struct Reduced {
  vi n;
  vf r;
};
UNROLL_INLINE Reduced reduce_by_ln2(vf x) {
  const float magic = 12582912.f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  const vf t = madd(x, splat(1.44269504f), splat(magic));
  const vf n = t - magic;
  return {bits(t) - bits(splat(magic)), madd(n, splat(2.12194440e-4f), madd(n, splat(-0.693359375f), x))};
}

/** (e^r - 1 - r) / r^2 for |r| <= ln2 / 2; leaves e^r - 1 with a relative error of 2^-26. */
UNROLL_INLINE vf exp_rest(vf r) {
  vf p = splat(0.00138825088914107967f);
  p = madd(p, r, splat(0.00836658032380733473f));
  p = madd(p, r, splat(0.0416672017977588088f));
  p = madd(p, r, splat(0.166665431782208491f));
  return madd(p, r, splat(0.499999981440297923f));
}

/** 2^n for -126 <= n <= 127. */
UNROLL_INLINE vf power_of_two(vi n) { return floats((n + 127) << 23); }

// NaN propagates through exp, tanh and sigmoid without a check: clamps, sums and products preserve it.

UNROLL_INLINE vf exp_of(vf x) {
  const auto [n, r] = reduce_by_ln2(at_least(at_most(x, 89.f), -110.f));
  const vf y = madd(r * r, exp_rest(r), r) + 1.f;
  const vi half = n >> 1;  // two factors, since n leaves the exponent range at both ends
  return y * power_of_two(half) * power_of_two(n - half);
}

/** The same with 2^n in the place of n, -126 <= n <= 127: low bits that are n + 127 move to the exponent. */
struct Scaled {
  vf power, r;
};
UNROLL_INLINE Scaled scale_by_ln2(vf x) {
  const float magic = 12582912.f + 127.f;
  const vf t = madd(x, splat(1.44269504f), splat(magic));
  const vf n = t - magic;
  return {floats(bits(t) << 23), madd(n, splat(2.12194440e-4f), madd(n, splat(-0.693359375f), x))};
}

/** tanh|x| = m / (m + 2), m = e^{2|x|} - 1 = 2^n (e^r - 1) + (2^n - 1), which is accurate near 0. */
UNROLL_INLINE vf tanh_of(vf x) {
  const vi sign = bits(x) & splat_int((int32_t)0x80000000);
  const vf magnitude = floats(bits(x) ^ sign);
  const auto [scale, r] = scale_by_ln2(at_most(magnitude + magnitude, 20.f));
  const vf m = madd(scale, madd(r * r, exp_rest(r), r), scale - 1.f);
  return floats(bits(m / (m + 2.f)) | sign);
}

/** 1 / (1 + e^-x); beyond 88 it is 1, or below the normal numbers, and one factor 2^n is enough. */
UNROLL_INLINE vf sigmoid_of(vf x) {
  const auto [scale, r] = scale_by_ln2(-at_least(at_most(x, 88.f), -88.f));
  const vf y = madd(madd(exp_rest(r), r, splat(1.f)), r, splat(1.f));
  return 1.f / madd(y, scale, splat(1.f));
}

/** log x = e ln2 + log(1 + f), sqrt(1/2) <= 1 + f < sqrt 2, log(1 + f) = f - f^2/2 + f^3 P(f). */
UNROLL_INLINE vf log_of(vf x) {
  const vf normal = select(x >= 1.17549435e-38f, x, splat(1.f));  // the others are handled below
  const vi e = (bits(normal) - bits(splat(0.70710678f))) >> 23;
  const vf f = floats(bits(normal) - (e << 23)) - 1.f;
  vf p = splat(0.06971611082553864f);
  p = madd(p, f, splat(-0.11479733884334564f));
  p = madd(p, f, splat(0.11685419827699661f));
  p = madd(p, f, splat(-0.12425687164068222f));
  p = madd(p, f, splat(0.14249058067798615f));
  p = madd(p, f, splat(-0.1666780263185501f));
  p = madd(p, f, splat(0.20000715553760529f));
  p = madd(p, f, splat(-0.2499999701976776f));
  p = madd(p, f, splat(0.3333333134651184f));
  const vf n = __builtin_convertvector(e, vf);
  const vf ff = f * f;
  const vf small = madd(n, splat(-2.12194440e-4f), madd(ff * f, p, -0.5f * ff));
  vf y = madd(n, splat(0.693359375f), f + small);
  y = select(x == splat(__builtin_inff()), x, y);
  y = select(x < 1.17549435e-38f, splat(-__builtin_inff()), y);
  return select((x < 0.f) | (x != x), splat(__builtin_nanf("")), y);
}

/** Largest integer not above x; from 2^23 on every float is an integer. */
UNROLL_INLINE vf floor_of(vf x) {
  const vf magnitude = floats(bits(x) & splat_int(0x7fffffff));
  const vf whole = __builtin_convertvector(__builtin_convertvector(x, vi), vf);
  const vf down = select(whole > x, whole - 1.f, whole);
  return select(magnitude < 8388608.f, down, x);
}

}  // namespace unroll::UNROLL_ISA
