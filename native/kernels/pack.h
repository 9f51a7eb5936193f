// The packed layout of the operands of a product. b: panels of PANEL_VECTORS * W columns with K contiguous
// rows each; the last panel has as many columns as its vectors, padded with zeros. a: tiles of up to
// TILE_ROWS rows in column-major order.
#pragma once
#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

constexpr int64_t kPanel = PANEL_VECTORS * W;
constexpr int64_t kBlockK = 256, kBlockM = 192;

UNROLL_INLINE int64_t panel_count(int64_t N) { return (N + kPanel - 1) / kPanel; }
struct Rows {
  int64_t first, last;
};
/** Splits M rows into tiles of nearly equal height, so that none is too small to keep the multipliers
 * busy: the first `high` tiles have `height` rows, the others one less. */
struct Tiling {
  int64_t tiles, height, high;
  int64_t row(int64_t t) const { return t * height - (t > high ? t - high : 0); }
  Rows rows(int64_t t) const { return {row(t), row(t + 1)}; }
};
UNROLL_INLINE Tiling tiling(int64_t M) {
  const int64_t tiles = (M + TILE_ROWS - 1) / TILE_ROWS, height = (M + tiles - 1) / tiles;
  return {tiles, height, M - tiles * (height - 1)};
}

/** W columns of b from p on into a panel of the given width. */
static inline void pack_vector(float* to, int64_t width, const float* p, int64_t bk, int64_t bn, int64_t K,
                               int n) {
  int64_t k = 0;
  if (bn == 1 && n == W) {
    for (; k < K; k++) store(to + k * width, load(p + k * bk));
  } else if (bn == 1) {
    const Tail rest = tail(n);
    for (; k < K; k++) store(to + k * width, load(p + k * bk, rest));
  }
#ifdef UNROLL_SHUFFLES
  if (bk == 1 && n == W) {
    for (; k + W <= K; k += W) {
      vf rows[W];
      for (int j = 0; j < W; j++) rows[j] = load(p + j * bn + k);
      transpose(rows);
      for (int j = 0; j < W; j++) store(to + (k + j) * width, rows[j]);
    }
  }
#endif
  for (; k < K; k++)
    for (int j = 0; j < W; j++) to[k * width + j] = j < n ? p[k * bk + j * bn] : 0.f;
}

/** `finish(panel, floats)` is called on every panel that is written. */
template <class F>
static inline void pack_panels(float* panels, const float* b, int64_t bk, int64_t bn, int64_t K, int64_t N,
                               const Team& team, const F& finish) {
  parallel_for(team, panel_count(N), [&](const Part& mine) {
    for (int64_t p = mine.first; p < mine.last; p++) {
      const int64_t column = p * kPanel, columns = N - column < kPanel ? N - column : kPanel;
      const int64_t width = (columns + W - 1) / W * W;
      for (int64_t v = 0; v < columns; v += W)
        pack_vector(panels + column * K + v, width, b + (column + v) * bn, bk, bn, K,
                    columns - v < W ? (int)(columns - v) : W);
      finish(panels + column * K, width * K);
    }
  });
}
static inline void pack_panels(float* panels, const float* b, int64_t bk, int64_t bn, int64_t K, int64_t N,
                               const Team& team) {
  pack_panels(panels, b, bk, bn, K, N, team, [](float*, int64_t) {});
}

template <int MR>
void pack_tile(float* to, const float* a, int64_t am, int64_t ak, int64_t K) {
  if (am == 1) {
    for (int64_t k = 0; k < K; k++) __builtin_memcpy(to + k * MR, a + k * ak, 4 * MR);
  } else {
    for (int64_t k = 0; k < K; k++)
      for (int m = 0; m < MR; m++) to[k * MR + m] = a[m * am + k * ak];
  }
}

/** One tile of `height` rows, from 1 to TILE_ROWS. */
static inline void pack_rows(float* to, const float* from, int64_t am, int64_t ak, int64_t K, int height) {
  switch (height) {
    case 1:
      return pack_tile<1>(to, from, am, ak, K);
    case 2:
      return pack_tile<2>(to, from, am, ak, K);
    case 3:
      return pack_tile<3>(to, from, am, ak, K);
    case 4:
      return pack_tile<4>(to, from, am, ak, K);
    case 5:
      return pack_tile<5>(to, from, am, ak, K);
    default:
      return pack_tile<6>(to, from, am, ak, K);
  }
}

/** Tiles of a (M,K); the one that starts at row r is at r * K. */
static inline void pack_tiles(float* tiles, const float* a, int64_t am, int64_t ak, int64_t K, int64_t M,
                              const Team& team) {
  const Tiling all = tiling(M);
  parallel_for(team, all.tiles, [&](const Part& mine) {
    for (int64_t t = mine.first; t < mine.last; t++) {
      const Rows rows = all.rows(t);
      pack_rows(tiles + rows.first * K, a + rows.first * am, am, ak, K, (int)(rows.last - rows.first));
    }
  });
}

}  // namespace unroll::UNROLL_ISA
