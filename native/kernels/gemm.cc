// Matrix products: out (M,N) = a (M,K) @ b (K,N) [+ c], as tiles of rows times panels of columns. K is
// split into blocks, so that a panel stays in the L1 cache; blocks and order of additions depend on the shape
// alone, never on the number of threads.
#include "kernels.h"
#include "micro.h"
#include "pack.h"
#include "parallel.h"
#include "rounded.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** From this many floats of b on, a panel is evicted from the L2 cache before it is read again. */
constexpr int64_t kMuch = 1 << 18;

/** A block of rows and of K: panels of b times tiles of rows. */
struct Block {
  Tile tile;  // at the block's first element
  int64_t M, N;
  int64_t panel;  // floats between panels of b
  int64_t first;  // row of the panels at which this block of K starts
  bool packed_a, packed_b;
  bool rows_a;           // packed a is (M,K), not tiles
  bool split;            // three products: high high, high low, low high
  int64_t low_a, low_b;  // floats from the high parts to the low ones

  void run(const Team& team) const {
    const Tiling rows = tiling(M);
    const int64_t panels = panel_count(N), spans = rows.tiles == 1 && M <= 3 ? span((int)M) : 1;
    const bool ahead = W == 8 && packed_b && panel * panels >= kMuch && rows.tiles > 1;
    const int64_t groups = (panels + spans - 1) / spans;
    parallel_for(team, groups * rows.tiles, [&](const Part& mine) {
      int64_t g = mine.first / rows.tiles, first = mine.first - g * rows.tiles;
      for (int64_t unit = mine.first; unit < mine.last; g++, first = 0) {
        const int64_t p = g * spans;
        const int64_t last = rows.tiles - first < mine.last - unit ? rows.tiles : first + mine.last - unit;
        if (spans > 1 && (p + spans) * kPanel <= N) {
          multiply(spanning[M - 1], at(p, 0, M, 1, kPanel));
        } else {
          for (int64_t q = p; q < p + spans && q < panels; q++) run_tiles(q, rows, first, last, ahead);
        }
        unit += last - first;
      }
    });
  }

  /** `count` tiles of `height` rows, the first at `row`, at panel p, whose rows are `width` floats long. */
  Tile at(int64_t p, int64_t row, int64_t height, int64_t count, int64_t width) const {
    Tile x = tile;
    const int64_t column = p * kPanel;
    x.count = count;
    x.out += row * x.om + column * x.on;
    x.next = packed_a ? x.K : x.am;
    x.a += row * x.next;
    x.next *= height;
    if (packed_a) x.am = rows_a ? x.K : 1, x.ak = rows_a ? 1 : height;
    x.b += p * panel;
    if (packed_b) x.row = width, x.b += first * width;
    if (x.init) x.init += row * x.im + column * x.in;
    return x;
  }

  /** Tiles first..last-1 at panel p; with `ahead` they prefetch the next panel. */
  void run_tiles(int64_t p, const Tiling& rows, int64_t first, int64_t last, bool ahead) const {
    const int64_t columns = N - p * kPanel < kPanel ? N - p * kPanel : kPanel;
    const int vectors = (int)((columns + W - 1) / W), rest = (int)(columns % W);
    const int64_t middle = first > rows.high ? first : last < rows.high ? last : rows.high;
    const auto run = [&](int64_t t, int64_t count, int64_t height) {
      if (count == 0) return;
      // The last panel has as many columns as its vectors.
      Tile x = at(p, rows.row(t), height, count, vectors * W);
      if (rest) x.last = tail(rest);
      if (ahead && vectors == PANEL_VECTORS && !rest) {
        x.pace = (16 + rows.tiles - 1) / rows.tiles * (kPanel / 16);  // a line is 16 floats
        x.ahead = x.b + panel + t * x.K * x.pace;
        return multiply(asking[height - 1], x);
      }
      multiply(micros[height - 1][vectors - 1][rest != 0], x);
    };
    run(first, middle - first, rows.height);
    run(middle, last - middle, rows.height - 1);
  }

  void multiply(Micro micro, Tile x) const {
    micro(x);
    if (!split) return;
    x.init = x.out, x.im = x.om, x.in = x.on;
    x.b += low_b;
    micro(x);
    x.b -= low_b, x.a += low_a;
    micro(x);
  }
};

/** b's columns and a's rows are contiguous: out[m,n] is an inner product; M is small. */
void dot(float* out, const float* a, const float* b, const float* c, const GemmPlan& p, const Team& team) {
  parallel_for(team, p.N, [&](const Part& mine) {
    const int64_t whole = p.K / W * W;
    const int rest = (int)(p.K - whole);
    const Tail last = tail(rest ? rest : W);
    constexpr int kAtOnce = 4;
    for (int64_t m = 0; m < p.M; m++) {
      const float* x = a + m * p.am;
      for (int64_t n = mine.first; n < mine.last; n += kAtOnce) {
        const int count = mine.last - n < kAtOnce ? (int)(mine.last - n) : kAtOnce;
        const float* y[kAtOnce];
        for (int j = 0; j < kAtOnce; j++) y[j] = b + (n + (j < count ? j : 0)) * p.bn;
        vf acc[kAtOnce] = {};
        for (int64_t k = 0; k < whole; k += W) {
          const vf xk = load(x + k);
          for (int j = 0; j < kAtOnce; j++) acc[j] = madd(xk, load(y[j] + k), acc[j]);
        }
        if (rest) {
          const vf xk = load(x + whole, last);
          for (int j = 0; j < kAtOnce; j++) acc[j] = madd(xk, load(y[j] + whole, last), acc[j]);
        }
        for (int j = 0; j < count; j++) {
          const float start = c ? c[m * p.cm + (n + j) * p.cn] : 0.f;
          out[m * p.om + (n + j) * p.on] = start + sum_lanes(acc[j]);
        }
      }
    }
  });
}

/** One panel of columns and one block of K: tiles without packing or blocking. */
void small(float* out, const float* a, const float* b, const float* c, const GemmPlan& p) {
  const int vectors = (int)((p.N + W - 1) / W), rest = (int)(p.N % W);
  Tile tile = {out, p.om, p.on, a, p.am, p.ak, b, p.bk, 0, c, p.cm, p.cn, p.K, 0, 0, nullptr, 0,
               tail(rest ? rest : W)};
  const auto run = [&](int64_t first, int64_t count, int64_t height) {
    if (count == 0) return;
    Tile x = tile;
    x.out += first * p.om, x.a += first * p.am, x.count = count, x.next = height * p.am;
    if (c) x.init += first * p.cm;
    micros[height - 1][vectors - 1][rest != 0](x);
  };
  const Tiling rows = tiling(p.M);
  run(0, rows.high, rows.height);
  run(rows.row(rows.high), rows.tiles - rows.high, rows.height - 1);
}

}  // namespace

void gemm(float* out, const float* a, const float* b, const float* c, const GemmPlan& p, float* pack_a,
          float* pack_b, const Team& team) {
  if (p.M == 0 || p.N == 0) return;
  if (p.path == GemmPlan::kDot) return dot(out, a, b, c, p, team);
  if (p.path == GemmPlan::kDirect && p.N <= kPanel && p.K <= kBlockK) {
    small(out, a, b, c, p);
    return;
  }
  const bool packs_b = p.path == GemmPlan::kPack, rounded = p.precision != Precision::kF32;
  const bool split = p.precision == Precision::kBf16x3;
  for (int64_t k = 0; k == 0 || k < p.K; k += kBlockK) {
    const int64_t depth = p.K - k < kBlockK ? p.K - k : kBlockK;
    Block block = {};
    block.tile.K = depth;
    block.N = p.N;
    block.packed_a = p.pack_a;
    block.packed_b = p.path != GemmPlan::kDirect;
    block.split = split;
    block.low_a = kBlockM * kBlockK;
    block.low_b = panels_size(packs_b ? depth : p.K, p.N);
    if (packs_b) {
      if (rounded)
        pack_rounded_panels(pack_b, b + k * p.bk, p.bk, p.bn, depth, p.N, split, team);
      else
        pack_panels(pack_b, b + k * p.bk, p.bk, p.bn, depth, p.N, team);
      block.tile.b = pack_b;
      block.tile.group = block.panel = depth * kPanel;
    } else if (p.path == GemmPlan::kPacked) {
      block.tile.b = b;
      block.first = k;
      block.tile.group = block.panel = p.K * kPanel;
    } else {
      block.tile.b = b + k * p.bk;
      block.tile.row = p.bk;
      block.tile.group = block.panel = kPanel;
    }
    for (int64_t m = 0; m < p.M; m += kBlockM) {
      block.M = p.M - m < kBlockM ? p.M - m : kBlockM;
      block.tile.out = out + m * p.om, block.tile.om = p.om, block.tile.on = p.on;
      block.tile.a = a + m * p.am + k * p.ak, block.tile.am = p.am, block.tile.ak = p.ak;
      if (k > 0)
        block.tile.init = block.tile.out, block.tile.im = p.om, block.tile.in = p.on;
      else if (c)
        block.tile.init = c + m * p.cm, block.tile.im = p.cm, block.tile.in = p.cn;
      if (p.pack_a) {
        if (rounded)
          block.rows_a =
              pack_rounded_rows(pack_a, block.low_a, block.tile.a, p.am, p.ak, depth, block.M, split, team);
        else
          pack_tiles(pack_a, block.tile.a, p.am, p.ak, depth, block.M, team);
        block.tile.a = pack_a;
      }
      block.run(team);
    }
  }
}

void pack(float* panels, const float* b, const GemmPlan& p, const Team& team) {
  if (p.precision == Precision::kF32) return pack_panels(panels, b, p.bk, p.bn, p.K, p.N, team);
  pack_rounded_panels(panels, b, p.bk, p.bn, p.K, p.N, p.precision == Precision::kBf16x3, team);
}

/** Peak rate of the core: 12 independent chains of fused multiply-adds. */
double fma_chains(int64_t n) {
  volatile float start = 1.f, factor = 0.999999f, step = 1e-6f;
  vf acc[12];
  for (auto& x : acc) x = splat(start);
  const vf f = splat(factor), s = splat(step);
  for (int64_t i = 0; i < n; i++) {
#pragma GCC unroll 12
    for (int j = 0; j < 12; j++) acc[j] = madd(acc[j], f, s);
  }
  vf sum = {};
  for (auto& x : acc) sum += x;
  start = sum_lanes(sum);
  return 2.0 * 12 * W * (double)n;
}

}  // namespace unroll::UNROLL_ISA
