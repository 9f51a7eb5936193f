// Matrix products of rounded factors on AMX: independent blocks of 32 x 32 sums with K in fixed order, so
// that the bits do not depend on the number of threads. b is in panels of pairs (pairs.h), the row format of
// AMX; a is packed here, tile by tile. Products of f32 are passed on to gemm().
#include "kernels.h"
#include "pack.h"
#include "pairs.h"
#include "parallel.h"
#include "rounded.h"
#include "vec.h"

#ifdef UNROLL_TILES
#ifdef UNROLL_ISA_AVX512
#pragma GCC target("amx-tile,amx-bf16")
#endif
#include "tiles.h"

namespace unroll::UNROLL_ISA {
namespace {

// A word holds two values, so a block of twice the depth fits into the same scratch memory.
constexpr int64_t kDepth = 2 * kBlockK;
static_assert(W == kTile && kStepK == kTileK && kBlockM % (2 * kTile) == 0 && kPanel % (2 * kTile) == 0);

UNROLL_INLINE int64_t blocks_of(int64_t n, int64_t size) { return (n + size - 1) / size; }

typedef uint16_t halves __attribute__((vector_size(2 * W), aligned(2), may_alias));

/** Row m of a tile of a: 32 floats as bfloat16. */
UNROLL_INLINE void put_row(float* tile, int m, vf first, vf second) {
  halves* const to = (halves*)(tile + m * kTile);
  to[0] = __builtin_convertvector((vu)first >> 16, halves);
  to[1] = __builtin_convertvector((vu)second >> 16, halves);
}

/** Up to 16 rows and 32 steps of K of a as a tile; the rest is zero. `low` may be null. */
void pack_a_tile(float* high, float* low, const float* a, int64_t am, int64_t ak, int rows, int depth) {
  for (int m = 0; m < kTile; m++) {
    vf x[2] = {};
    if (m < rows && ak == 1) {
      const float* const p = a + m * am;
      x[0] = depth >= W ? load(p) : load(p, tail(depth));
      if (depth > W) x[1] = depth == 2 * W ? load(p + W) : load(p + W, tail(depth - W));
    } else if (m < rows) {
      alignas(64) float lanes[2 * W] = {};
      for (int k = 0; k < depth; k++) lanes[k] = a[m * am + k * ak];
      x[0] = load(lanes), x[1] = load(lanes + W);
    }
    put_row(high, m, high_part(x[0]), high_part(x[1]));
    if (low) put_row(low, m, low_part(x[0]), low_part(x[1]));
  }
}

/** The same for contiguous columns of a: pairs of vectors are transposed. */
void turn_a_tile(float* high, float* low, const float* a, int64_t ak, int rows, int depth) {
  const Tail some = tail(rows);
  vf highs[W], lows[W];
  for (int k = 0; k < 2 * W; k += 2) {
    const vf even = k < depth ? load(a + k * ak, some) : vf{};
    const vf odd = k + 1 < depth ? load(a + (k + 1) * ak, some) : vf{};
    highs[k / 2] = pair_up(high_part(even), high_part(odd));
    lows[k / 2] = pair_up(low_part(even), low_part(odd));
  }
  transpose(highs);
  for (int m = 0; m < kTile; m++) store(high + m * kTile, highs[m]);
  if (!low) return;
  transpose(lows);
  for (int m = 0; m < kTile; m++) store(low + m * kTile, lows[m]);
}

/** A block of rows and of K. */
struct TileBlock {
  float* out;  // at the block's first element
  int64_t om, on;
  const float* init;  // null: zero
  int64_t im, in;
  int64_t M, N, K;
  const float* a;  // tiles: 16 rows of the block after the other, each with its steps of K
  const float* b;  // panels
  int64_t panel;   // words between panels
  int64_t first;   // row of the panels at which this block of K starts
  bool split;
  int64_t low_a, low_b;

  void pack_a(float* to, const float* from, int64_t am, int64_t ak, const Team& team) const {
    const int64_t steps = blocks_of(K, kTileK);
    parallel_for(team, blocks_of(M, kTile), [&](const Part& mine) {
      for (int64_t t = mine.first; t < mine.last; t++) {
        const int rows = (int)(M - t * kTile < kTile ? M - t * kTile : kTile);
        for (int64_t s = 0; s < steps; s++) {
          const int depth = (int)(K - s * kTileK < kTileK ? K - s * kTileK : kTileK);
          const float* const p = from + t * kTile * am + s * kTileK * ak;
          float* const high = to + (t * steps + s) * kTileWords;
          if (am == 1 && ak != 1)
            turn_a_tile(high, split ? high + low_a : nullptr, p, ak, rows, depth);
          else
            pack_a_tile(high, split ? high + low_a : nullptr, p, am, ak, rows, depth);
        }
      }
    });
  }

  void run(const Team& team) const {
    const int64_t tall = blocks_of(M, 2 * kTile), wide = blocks_of(N, 2 * kTile);
    parallel_for(team, tall * wide, [&](const Part& mine) {
      Tiles tiles;
      for (int64_t unit = mine.first; unit < mine.last; unit++)
        square(tiles, unit % tall * 2 * kTile, unit / tall * 2 * kTile);
    });
  }

  /** 32 x 32 sums from (m, n) on; less at the ends. */
  void square(Tiles& tiles, int64_t m, int64_t n) const {
    const bool tall = M - m > kTile, wide = N - n > kTile;
    begin<0>(tiles, m, n);
    if (wide) begin<1>(tiles, m, n + kTile);
    if (tall) begin<2>(tiles, m + kTile, n);
    if (tall && wide) begin<3>(tiles, m + kTile, n + kTile);
    const int64_t steps = blocks_of(K, kTileK), p = n / kPanel;
    const int64_t columns = N - p * kPanel < kPanel ? N - p * kPanel : kPanel;
    const int64_t width = blocks_of(columns, W) * W;  // the last panel is only as wide as its vectors
    const float* at_a = a + m / kTile * steps * kTileWords;
    const float* at_b = b + p * panel + first * width + n % kPanel;
    for (int64_t s = 0; s < steps; s++, at_a += kTileWords, at_b += kTileK / 2 * width) {
      load_a(tiles, at_a, steps, tall);
      if (split) {
        load_b(tiles, at_b + low_b, width, wide);
        multiply(tiles, tall, wide);
      }
      load_b(tiles, at_b, width, wide);
      multiply(tiles, tall, wide);
      if (split) {
        load_a(tiles, at_a + low_a, steps, tall);
        multiply(tiles, tall, wide);
      }
    }
    end<0>(tiles, m, n);
    if (wide) end<1>(tiles, m, n + kTile);
    if (tall) end<2>(tiles, m + kTile, n);
    if (tall && wide) end<3>(tiles, m + kTile, n + kTile);
  }
  static void load_a(Tiles& tiles, const float* p, int64_t steps, bool tall) {
    tiles.load_a<0>(p);
    if (tall) tiles.load_a<1>(p + steps * kTileWords);
  }
  static void load_b(Tiles& tiles, const float* p, int64_t width, bool wide) {
    tiles.load_b<0>(p, width);
    if (wide) tiles.load_b<1>(p + kTile, width);
  }
  static void multiply(Tiles& tiles, bool tall, bool wide) {
    tiles.multiply<0, 0>();
    if (wide) tiles.multiply<0, 1>();
    if (tall) tiles.multiply<1, 0>();
    if (tall && wide) tiles.multiply<1, 1>();
  }

  int rows_at(int64_t m) const { return (int)(M - m < kTile ? M - m : kTile); }
  int columns_at(int64_t n) const { return (int)(N - n < kTile ? N - n : kTile); }

  /** The sums at (m, n) as they are before this block of K. */
  template <int C>
  void begin(Tiles& tiles, int64_t m, int64_t n) const {
    const int rows = rows_at(m), columns = columns_at(n);
    if (!init) return tiles.zero<C>();
    const float* const p = init + m * im + n * in;
    if (rows == kTile && columns == kTile && in == 1) return tiles.load_sums<C>(p, im);
    alignas(64) float some[kTile * kTile] = {};
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) some[i * kTile + j] = p[i * im + j * in];
    tiles.load_sums<C>(some, kTile);
  }
  template <int C>
  void end(Tiles& tiles, int64_t m, int64_t n) const {
    const int rows = rows_at(m), columns = columns_at(n);
    float* const p = out + m * om + n * on;
    if (rows == kTile && columns == kTile && on == 1) return tiles.store_sums<C>(p, om);
    alignas(64) float some[kTile * kTile];
    tiles.store_sums<C>(some, kTile);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) p[i * om + j * on] = some[i * kTile + j];
  }
};

}  // namespace

void gemm_tiles(float* out, const float* a, const float* b, const float* c, const GemmPlan& p, float* pack_a,
                float* pack_b, const Team& team) {
  if (p.precision == Precision::kF32) return gemm(out, a, b, c, p, pack_a, pack_b, team);
  if (p.M == 0 || p.N == 0) return;
  const bool packs_b = p.path == GemmPlan::kPack;
  TileBlock block = {};
  block.N = p.N, block.om = p.om, block.on = p.on;
  block.split = p.precision == Precision::kBf16x3;
  block.low_a = kBlockM * kDepth / 2;
  for (int64_t k = 0; k == 0 || k < p.K; k += kDepth) {
    block.K = p.K - k < kDepth ? p.K - k : kDepth;
    const int64_t rows = packs_b ? block.K : p.K;  // that lie in panels together
    if (packs_b) pack_pair_panels(pack_b, b + k * p.bk, p.bk, p.bn, block.K, p.N, block.split, team);
    block.b = packs_b ? pack_b : b;
    block.first = packs_b ? 0 : k / 2;
    block.panel = pair_rows(rows) * kPanel;
    block.low_b = panels_size(pair_rows(rows), p.N);
    for (int64_t m = 0; m < p.M; m += kBlockM) {
      block.M = p.M - m < kBlockM ? p.M - m : kBlockM;
      block.out = out + m * p.om;
      if (k > 0)
        block.init = block.out, block.im = p.om, block.in = p.on;
      else if (c)
        block.init = c + m * p.cm, block.im = p.cm, block.in = p.cn;
      block.pack_a(pack_a, a + m * p.am + k * p.ak, p.am, p.ak, team);
      block.a = pack_a;
      block.run(team);
    }
  }
}

void pack_pairs(float* panels, const float* b, const GemmPlan& p, const Team& team) {
  if (p.precision == Precision::kF32) return pack(panels, b, p, team);
  pack_pair_panels(panels, b, p.bk, p.bn, p.K, p.N, p.precision == Precision::kBf16x3, team);
}

}  // namespace unroll::UNROLL_ISA
#endif
