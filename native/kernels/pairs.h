// b in the layout of AMX: panels (see pack.h) of words that hold two rows rounded to bfloat16, the even row
// in the lower half, padded with zero rows to whole steps of the unit. The low parts follow the high ones.
#pragma once
#include "pack.h"
#include "parallel.h"
#include "rounded.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

/** Rows of K per AMX instruction. */
constexpr int64_t kStepK = 32;

/** Rows of words that K rows become. */
UNROLL_INLINE int64_t pair_rows(int64_t K) { return (K + kStepK - 1) / kStepK * (kStepK / 2); }

/** Two rows in one. */
UNROLL_INLINE vf pair_up(vf even, vf odd) { return (vf)(((vu)even >> 16) | (vu)odd); }

/** W columns of b from p on into panels of the given width; `low` may be null. */
static inline void pack_pair_vector(float* high, float* low, int64_t width, const float* p, int64_t bk,
                                    int64_t bn, int64_t K, int n) {
  const auto put = [&](int64_t k, vf even, vf odd) {
    store(high + k / 2 * width, pair_up(high_part(even), high_part(odd)));
    if (low) store(low + k / 2 * width, pair_up(low_part(even), low_part(odd)));
  };
  const int64_t end = 2 * pair_rows(K);
  int64_t k = 0;
  if (bn == 1) {
    const Tail columns = tail(n);
    for (; k + 2 <= K; k += 2) put(k, load(p + k * bk, columns), load(p + (k + 1) * bk, columns));
  }
#ifdef UNROLL_SHUFFLES
  if (bk == 1 && n == W) {
    for (; k + W <= K; k += W) {
      vf rows[W];
      for (int j = 0; j < W; j++) rows[j] = load(p + j * bn + k);
      transpose(rows);
      for (int j = 0; j < W; j += 2) put(k + j, rows[j], rows[j + 1]);
    }
  }
#endif
  for (; k < end; k += 2) {
    alignas(64) float even[W] = {}, odd[W] = {};
    for (int j = 0; j < n; j++) {
      if (k < K) even[j] = p[k * bk + j * bn];
      if (k + 1 < K) odd[j] = p[(k + 1) * bk + j * bn];
    }
    put(k, load(even), load(odd));
  }
}

/** b (K,N) as panels of pairs; with `split` the low parts too. */
static inline void pack_pair_panels(float* panels, const float* b, int64_t bk, int64_t bn, int64_t K,
                                    int64_t N, bool split, const Team& team) {
  const int64_t rows = pair_rows(K), lows = panels_size(rows, N);
  parallel_for(team, panel_count(N), [&](const Part& mine) {
    for (int64_t p = mine.first; p < mine.last; p++) {
      const int64_t column = p * kPanel, columns = N - column < kPanel ? N - column : kPanel;
      const int64_t width = (columns + W - 1) / W * W;
      for (int64_t v = 0; v < columns; v += W) {
        float* const to = panels + column * rows + v;
        pack_pair_vector(to, split ? to + lows : nullptr, width, b + (column + v) * bn, bk, bn, K,
                   columns - v < W ? (int)(columns - v) : W);
      }
    }
  });
}

}  // namespace unroll::UNROLL_ISA
