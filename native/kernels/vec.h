// A vector of W floats and its operations, on the vector extensions of GCC and Clang. This file alone differs
// between instruction sets.
#pragma once
#include <stdint.h>

#ifndef __GNUC__
#error "The kernels need GCC or Clang (on Windows: the ClangCL toolset)"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define UNROLL_INLINE static inline __attribute__((always_inline))

namespace unroll::UNROLL_ISA {

// PANEL_VECTORS vectors wide and TILE_ROWS high, the accumulators of a product fill the register file.
#if defined(UNROLL_ISA_AVX512) || defined(UNROLL_ISA_AVX2X16)
constexpr int W = 16, PANEL_VECTORS = 4, TILE_ROWS = 6;
#elif defined(UNROLL_ISA_AVX2)
constexpr int W = 8, PANEL_VECTORS = 2, TILE_ROWS = 6;
#elif defined(__aarch64__)
constexpr int W = 4, PANEL_VECTORS = 4, TILE_ROWS = 6;
#else
constexpr int W = 4, PANEL_VECTORS = 2, TILE_ROWS = 6;
#endif

typedef float vf __attribute__((vector_size(4 * W), may_alias));
typedef float vf_any __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(4 * W), may_alias));

UNROLL_INLINE vf load(const float* p) { return *(const vf_any*)p; }
UNROLL_INLINE void store(float* p, vf x) { *(vf_any*)p = x; }
UNROLL_INLINE vf splat(float x) { return x - vf{}; }  // x - 0 keeps the sign of -0
UNROLL_INLINE vi splat_int(int32_t x) { return x - vi{}; }

/** a * b + c, rounded once where the instruction set can. */
UNROLL_INLINE vf madd(vf a, vf b, vf c) {
#if defined(UNROLL_ISA_AVX512)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(UNROLL_ISA_AVX2)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(UNROLL_ISA_AVX2X16)
  union {
    vf v;
    __m256 half[2];
  } x{a}, y{b}, z{c};
  z.half[0] = _mm256_fmadd_ps(x.half[0], y.half[0], z.half[0]);
  z.half[1] = _mm256_fmadd_ps(x.half[1], y.half[1], z.half[1]);
  return z.v;
#elif defined(__aarch64__)
  return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

/** a * b + c, always rounded once. */
UNROLL_INLINE vf madd_exact(vf a, vf b, vf c) {
#if defined(__FMA__) || defined(__aarch64__)
  return madd(a, b, c);
#else
  for (int i = 0; i < W; i++) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
#endif
}

typedef uint32_t vu __attribute__((vector_size(4 * W), may_alias));
typedef uint64_t vu64 __attribute__((vector_size(4 * W), may_alias));

/** 64-bit products of the even 32-bit lanes. */
UNROLL_INLINE vu64 multiply_even(vu64 a, vu64 b) {
#if defined(UNROLL_ISA_AVX512)
  return (vu64)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(UNROLL_ISA_AVX2)
  return (vu64)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__) && !defined(UNROLL_ISA_AVX2X16)
  return (vu64)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

UNROLL_INLINE vf square_root(vf x) {
#if defined(UNROLL_ISA_AVX512)
  return _mm512_sqrt_ps(x);
#elif defined(UNROLL_ISA_AVX2)
  return _mm256_sqrt_ps(x);
#elif defined(__aarch64__)
  return (vf)vsqrtq_f32((float32x4_t)x);
#elif defined(__SSE2__) && !defined(UNROLL_ISA_AVX2X16)
  return _mm_sqrt_ps(x);
#else
  for (int i = 0; i < W; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

UNROLL_INLINE vf select(vi mask, vf a, vf b) { return mask ? a : b; }
UNROLL_INLINE vi bits(vf x) { return (vi)x; }
UNROLL_INLINE vf floats(vi x) { return (vf)x; }

/** x clamped to a bound; NaN stays NaN. */
UNROLL_INLINE vf at_most(vf x, float bound) {
  const vf b = splat(bound);
#if defined(UNROLL_ISA_AVX512)
  return _mm512_min_ps(b, x);
#elif defined(UNROLL_ISA_AVX2)
  return _mm256_min_ps(b, x);
#else
  return select(b < x, b, x);
#endif
}
UNROLL_INLINE vf at_least(vf x, float bound) {
  const vf b = splat(bound);
#if defined(UNROLL_ISA_AVX512)
  return _mm512_max_ps(b, x);
#elif defined(UNROLL_ISA_AVX2)
  return _mm256_max_ps(b, x);
#else
  return select(b > x, b, x);
#endif
}

/** The larger; NaN if either is NaN. */
UNROLL_INLINE vf larger(vf a, vf b) {
  const vf r = select(a > b, a, b);
  return select(a != a, a, r);
}
UNROLL_INLINE vf smaller(vf a, vf b) {
  const vf r = select(a < b, a, b);
  return select(a != a, a, r);
}
static inline float larger_one(float a, float b) { return a != a ? a : a > b ? a : b; }

// The first n of W floats, for the ends of rows: 0 < n <= W. Other lanes load 0 and are never stored.
#if defined(UNROLL_ISA_AVX512)
struct Tail {
  int n;
  __mmask16 mask;
};
UNROLL_INLINE Tail tail(int n) { return {n, (__mmask16)((1u << n) - 1)}; }
UNROLL_INLINE vf load(const float* p, Tail t) { return _mm512_maskz_loadu_ps(t.mask, p); }
UNROLL_INLINE void store(float* p, vf x, Tail t) { _mm512_mask_storeu_ps(p, t.mask, x); }
#else
struct Tail {
  int n;
  vi mask;
};
UNROLL_INLINE Tail tail(int n) {
  vi lane;
  for (int i = 0; i < W; i++) lane[i] = i;
  return {n, lane < splat_int(n)};
}
#if defined(UNROLL_ISA_AVX2)
UNROLL_INLINE vf load(const float* p, Tail t) { return _mm256_maskload_ps(p, (__m256i)t.mask); }
#else
UNROLL_INLINE vf load(const float* p, Tail t) {
  vf x = {};
  if (t.n == W) return load(p);
  __builtin_memcpy(&x, p, 4 * (unsigned)t.n);
  return x;
}
#endif
/** Stores in powers of two: a masked store costs more than these on many processors. */
UNROLL_INLINE void store(float* p, vf x, Tail t) {
  const float* from = (const float*)&x;
  const int n = t.n;
  if (n == W) return store(p, x);
  if (W > 8 && (n & 8)) __builtin_memcpy(p, from, 32), p += 8, from += 8;
  if (W > 4 && (n & 4)) __builtin_memcpy(p, from, 16), p += 4, from += 4;
  if (n & 2) __builtin_memcpy(p, from, 8), p += 2, from += 2;
  if (n & 1) *p = *from;
}
#endif

#if defined(__clang__) || __GNUC__ >= 12
#define UNROLL_SHUFFLES 1
#endif

/** Sum over lanes in a fixed order: halves onto halves. */
UNROLL_INLINE float sum_lanes(vf x) {
#ifdef UNROLL_SHUFFLES
  typedef float v4 __attribute__((vector_size(16)));
  v4 t = __builtin_shufflevector(x, x, 0, 1, 2, 3);
  if constexpr (W >= 8) t += __builtin_shufflevector(x, x, 4 % W, 5 % W, 6 % W, 7 % W);
  if constexpr (W >= 16) {
    const v4 u = __builtin_shufflevector(x, x, 8 % W, 9 % W, 10 % W, 11 % W);
    t += u + __builtin_shufflevector(x, x, 12 % W, 13 % W, 14 % W, 15 % W);
  }
  t += __builtin_shufflevector(t, t, 2, 3, 0, 1);
  return t[0] + t[1];
#else
  float t[W];
  store(t, x);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) t[i] += t[i + half];
  return t[0];
#endif
}
UNROLL_INLINE float max_lanes(vf x) {
  float t[W];
  store(t, x);
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) t[i] = larger_one(t[i], t[i + half]);
  return t[0];
}

#ifdef UNROLL_SHUFFLES
#if defined(UNROLL_ISA_AVX512) || defined(UNROLL_ISA_AVX2X16)
#define UNROLL_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UNROLL_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif defined(UNROLL_ISA_AVX2)
#define UNROLL_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define UNROLL_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define UNROLL_LOW 0, 4, 1, 5
#define UNROLL_HIGH 2, 6, 3, 7
#endif
/** rows[i][j] <-> rows[j][i]: log2(W) perfect shuffles. */
UNROLL_INLINE void transpose(vf* rows) {
  for (int round = 1; round < W; round *= 2) {
    vf next[W];
    for (int i = 0; i < W / 2; i++) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + W / 2], UNROLL_LOW);
      next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + W / 2], UNROLL_HIGH);
    }
    for (int i = 0; i < W; i++) rows[i] = next[i];
  }
}
#endif

}  // namespace unroll::UNROLL_ISA
