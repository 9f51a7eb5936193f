// Factors rounded to bfloat16, the upper half of an f32: x = high + low. They are stored as floats, packed as
// in pack.h, all low parts after all high ones.
#pragma once
#include "kernels.h"
#include "pack.h"
#include "parallel.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

/** The nearest bfloat16, ties to even. */
UNROLL_INLINE vf high_part(vf x) {
  const vu u = (vu)x;
  const vu rounded = (u + 0x7fffu + ((u >> 16) & 1u)) & 0xffff0000u;
  return select(x != x, (vf)((u | 0x400000u) & 0xffff0000u), (vf)rounded);
}
/** The nearest bfloat16 to the remainder. */
UNROLL_INLINE vf low_part(vf x) { return high_part(x - high_part(x)); }

/** n floats as their parts; `low` may be null, `high` may be `from`. */
static inline void round_floats(float* high, float* low, const float* from, int64_t n) {
  int64_t i = 0;
  for (; i + W <= n; i += W) {
    const vf x = load(from + i);
    if (low) store(low + i, low_part(x));
    store(high + i, high_part(x));
  }
  if (i == n) return;
  const Tail rest = tail((int)(n - i));
  const vf x = load(from + i, rest);
  if (low) store(low + i, low_part(x), rest);
  store(high + i, high_part(x), rest);
}

/** Floats from the high parts of panels to the low ones. */
UNROLL_INLINE int64_t panels_size(int64_t K, int64_t N) { return K * panel_count(N) * kPanel; }

/** b (K,N) as rounded panels; with `split` the low parts too. */
static inline void pack_rounded_panels(float* panels, const float* b, int64_t bk, int64_t bn, int64_t K,
                                       int64_t N, bool split, const Team& team) {
  const int64_t lows = panels_size(K, N);
  pack_panels(panels, b, bk, bn, K, N, team, [&](float* panel, int64_t size) {
    round_floats(panel, split ? panel + lows : nullptr, panel, size);
  });
}

/**
 * a (M,K) rounded: row-major if its rows are contiguous (returns true), else as tiles; with `split` the low
 * parts too, `lows` floats further on.
 */
static inline bool pack_rounded_rows(float* to, int64_t lows, const float* a, int64_t am, int64_t ak,
                                     int64_t K, int64_t M, bool split, const Team& team) {
  const Tiling all = tiling(M);
  parallel_for(team, all.tiles, [&](const Part& mine) {
    for (int64_t t = mine.first; t < mine.last; t++) {
      const Rows rows = all.rows(t);
      float* const tile = to + rows.first * K;
      const float* const from = a + rows.first * am;
      const int height = (int)(rows.last - rows.first);
      if (ak == 1) {
        for (int m = 0; m < height; m++)
          round_floats(tile + m * K, split ? tile + m * K + lows : nullptr, from + m * am, K);
      } else {
        pack_rows(tile, from, am, ak, K, height);
        round_floats(tile, split ? tile + lows : nullptr, tile, height * K);
      }
    }
  });
  return ak == 1;
}

}  // namespace unroll::UNROLL_ISA
