// The micro-kernel of products: holds a tile of out, TILE_ROWS x PANEL_VECTORS vectors, in registers and
// iterates over K: rows of a panel of b as vectors, elements of a broadcast. It then continues with the tile
// below: for a short K the overhead between two tiles limits the speed. It depends on strides, not on
// packing.
#pragma once
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** Tiles of MR rows of out, NV vectors wide, one below the other. */
struct Tile {
  float* out;
  int64_t om, on;
  const float* a;
  int64_t am, ak;
  const float* b;
  int64_t row,
      group;  // floats from one row of b to the next; from one panel to the next where a tile spans several
  const float* init;  // null: zero
  int64_t im, in;
  int64_t K;
  int64_t count, next;  // tiles; floats from the rows of a of one to those of the one below
  const float* ahead;   // where the next panel is prefetched, and floats per step of K
  int64_t pace;
  Tail last;  // lanes of the last vector, when it is not full
};

/** n elements at distance `step`; rare, so not inlined. */
__attribute__((noinline)) void gather_lanes(float* lanes, const float* p, int64_t step, int n) {
  for (int i = 0; i < n; i++) lanes[i] = p[i * step];
}
__attribute__((noinline)) void scatter_lanes(float* p, const float* lanes, int64_t step, int n) {
  for (int i = 0; i < n; i++) p[i * step] = lanes[i];
}

template <int MR, int NV, bool kTail, bool kAhead = false>
void micro(const Tile& tile) {
  Tile t = tile;
  const int last = kTail ? t.last.n : W;
  for (;;) {
    vf acc[MR][NV] = {};
#pragma GCC unroll 8
    for (int m = 0; m < MR; m++) {  // prefetch the addend or the output
      const float* p = t.init ? t.init + m * t.im : t.out + m * t.om;
#pragma GCC unroll 8
      for (int v = 0; v < NV; v += 16 / W) __builtin_prefetch(p + v * W);
    }

    const float* a[MR];
#pragma GCC unroll 8
    for (int m = 0; m < MR; m++) a[m] = t.a + m * t.am;
    const float* b = t.b;
    int64_t k = 0;
    for (int64_t left = t.K; left > 0; left--, k += t.ak, b += t.row) {
      if (kAhead) __builtin_prefetch(t.ahead, 0, 2), t.ahead += t.pace;
      vf bv[NV];
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) {
        const float* p = b + v / PANEL_VECTORS * t.group + v % PANEL_VECTORS * W;
        if (W == 16)
          __builtin_prefetch(p + 8 * t.row);  // a panel of such vectors outgrows the first-level cache
        bv[v] = kTail && v == NV - 1 ? load(p, t.last) : load(p);
      }
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
        const vf x = splat(a[m][k]);
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) acc[m][v] = madd(x, bv[v], acc[m][v]);
      }
    }

    if (t.init && t.in == 1) {
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
        const float* p = t.init + m * t.im;
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++)
          acc[m][v] += kTail && v == NV - 1 ? load(p + v * W, t.last) : load(p + v * W);
      }
    } else if (t.init && t.in == 0) {
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
        const vf x = splat(t.init[m * t.im]);
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) acc[m][v] += x;
      }
    } else if (t.init) {
      alignas(64) float lanes[MR][NV * W] = {};
      for (int m = 0; m < MR; m++) gather_lanes(lanes[m], t.init + m * t.im, t.in, (NV - 1) * W + last);
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) acc[m][v] += load(lanes[m] + v * W);
      }
    }

    if (t.on == 1) {
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
        float* p = t.out + m * t.om;
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) {
          if (kTail && v == NV - 1)
            store(p + v * W, acc[m][v], t.last);
          else
            store(p + v * W, acc[m][v]);
        }
      }
    } else {
      alignas(64) float lanes[MR][NV * W];
#pragma GCC unroll 8
      for (int m = 0; m < MR; m++) {
#pragma GCC unroll 8
        for (int v = 0; v < NV; v++) store(lanes[m] + v * W, acc[m][v]);
      }
      for (int m = 0; m < MR; m++) scatter_lanes(t.out + m * t.om, lanes[m], t.on, (NV - 1) * W + last);
    }

    if (--t.count == 0) return;
    t.out += MR * t.om, t.a += t.next;
    if (t.init) t.init += MR * t.im;
  }
}

typedef void (*Micro)(const Tile&);

/** Panels that one tile spans when there is only one tile of MR rows: enough sums at once to hide the latency
 * of an addition. */
constexpr int span(int rows) {
  return rows == 1 ? 8 / PANEL_VECTORS : rows <= 3 && PANEL_VECTORS == 2 ? 2 : 1;
}

#define UNROLL_WIDTHS(MR) \
  {{micro<MR, 1, false>, micro<MR, 1, true>}, {micro<MR, 2, false>, micro<MR, 2, true>}, UNROLL_WIDER(MR)}
#define UNROLL_WIDER(MR)                                                                              \
  {micro < MR, PANEL_VECTORS < 3 ? 1 : 3, false >, micro < MR, PANEL_VECTORS < 3 ? 1 : 3, true > }, { \
    micro < MR, PANEL_VECTORS<4 ? 1 : 4, false>, micro < MR, PANEL_VECTORS<4 ? 1 : 4, true>           \
  }
static_assert(TILE_ROWS == 6 && PANEL_VECTORS <= 4);
/** By rows - 1, vectors - 1 and whether the last vector is partial. */
const Micro micros[TILE_ROWS][4][2] = {UNROLL_WIDTHS(1), UNROLL_WIDTHS(2), UNROLL_WIDTHS(3),
                                       UNROLL_WIDTHS(4), UNROLL_WIDTHS(5), UNROLL_WIDTHS(6)};
/** By rows - 1: whole panels, prefetching the next one. */
const Micro asking[TILE_ROWS] = {
    micro<1, PANEL_VECTORS, false, true>, micro<2, PANEL_VECTORS, false, true>,
    micro<3, PANEL_VECTORS, false, true>, micro<4, PANEL_VECTORS, false, true>,
    micro<5, PANEL_VECTORS, false, true>, micro<6, PANEL_VECTORS, false, true>};
const Micro spanning[3] = {micro<1, span(1) * PANEL_VECTORS, false>, micro<2, span(2) * PANEL_VECTORS, false>,
                           micro<3, span(3) * PANEL_VECTORS, false>};

}  // namespace
}  // namespace unroll::UNROLL_ISA
