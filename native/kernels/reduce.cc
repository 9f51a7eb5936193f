// Sums, maxima and sums of products over trailing dimensions. Long reductions are split into chunks whose
// size depends on the shape alone, and the chunks are folded in order: the bits do not depend on the number
// of threads, and rounding errors grow with the length of a chunk, not with that of the reduction.
#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

struct Sum {
  static constexpr bool kTwo = false;
  static constexpr float kEmpty = 0.f;
  UNROLL_INLINE vf fold(vf a, vf b) { return a + b; }
  UNROLL_INLINE float fold(float a, float b) { return a + b; }
  UNROLL_INLINE vf take(vf a, vf x, vf) { return a + x; }
  UNROLL_INLINE float take(float a, float x, float) { return a + x; }
  UNROLL_INLINE float lanes(vf x) { return sum_lanes(x); }
};
struct Max {
  static constexpr bool kTwo = false;
  static constexpr float kEmpty = -__builtin_inff();
  UNROLL_INLINE vf fold(vf a, vf b) { return larger(a, b); }
  UNROLL_INLINE float fold(float a, float b) { return larger_one(a, b); }
  UNROLL_INLINE vf take(vf a, vf x, vf) { return larger(a, x); }
  UNROLL_INLINE float take(float a, float x, float) { return larger_one(a, x); }
  UNROLL_INLINE float lanes(vf x) { return max_lanes(x); }
};
struct Dot : Sum {
  static constexpr bool kTwo = true;
  UNROLL_INLINE vf take(vf a, vf x, vf y) { return madd(x, y, a); }
  UNROLL_INLINE float take(float a, float x, float y) { return a + x * y; }
};

/** Offset of linear position i in a collapsed shape. */
UNROLL_INLINE int64_t offset_of(int64_t i, int rank, const int64_t* shape, const int64_t* stride) {
  int64_t offset = 0;
  for (int d = rank - 1; d >= 0; d--) {
    const int64_t next = i / shape[d];
    offset += (i - next * shape[d]) * stride[d];
    i = next;
  }
  return offset;
}

/** First elements of all operands; y and c may be null. */
struct Operands {
  float* out;
  const float *x, *y, *c;
};

/** out[keep] = value [+ c[keep]]. */
UNROLL_INLINE void finish(const Operands& at, const ReducePlan& p, int64_t keep, float value) {
  if (at.c) value += at.c[offset_of(keep, p.keep_rank, p.keep_shape, p.c_stride)];
  at.out[offset_of(keep, p.keep_rank, p.keep_shape, p.out_stride)] = value;
}

/** Fold of n contiguous elements. */
template <class F>
float fold_run(const float* x, const float* y, int64_t n) {
  vf acc[4];
  for (auto& v : acc) v = splat(F::kEmpty);
  const auto second = [&](int64_t i) {
    if constexpr (F::kTwo)
      return load(y + i);
    else
      return vf{};
  };
  int64_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W)
    for (int j = 0; j < 4; j++) acc[j] = F::take(acc[j], load(x + i + j * W), second(i + j * W));
  for (; i + W <= n; i += W) acc[0] = F::take(acc[0], load(x + i), second(i));
  float result = F::lanes(F::fold(F::fold(acc[0], acc[1]), F::fold(acc[2], acc[3])));
  for (; i < n; i++) result = F::take(result, x[i], F::kTwo ? y[i] : 0.f);
  return result;
}

/** Few partial results are folded on one thread. */
UNROLL_INLINE Team folders(const ReducePlan& p, const Team& team) {
  return p.keep * p.chunks < (1 << 15) ? Team{1, nullptr} : team;
}

template <class F>
void rows(const Operands& at, const ReducePlan& p, float* partials, const Team& team) {
  parallel_for(team, p.keep * p.chunks, [&](const Part& mine) {
    for (int64_t unit = mine.first; unit < mine.last; unit++) {
      const int64_t keep = unit / p.chunks, first = (unit - keep * p.chunks) * p.chunk;
      const int64_t n = p.reduced - first < p.chunk ? p.reduced - first : p.chunk;
      const float* x = at.x + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride) + first;
      const float* y =
          F::kTwo ? at.y + offset_of(keep, p.keep_rank, p.keep_shape, p.y_stride) + first : nullptr;
      const float value = fold_run<F>(x, y, n);
      if (p.chunks > 1)
        partials[unit] = value;
      else
        finish(at, p, keep, value);
    }
  });
  if (p.chunks == 1) return;
  parallel_for(folders(p, team), p.keep, [&](const Part& kept) {
    for (int64_t keep = kept.first; keep < kept.last; keep++) {
      float value = partials[keep * p.chunks];
      for (int64_t j = 1; j < p.chunks; j++) value = F::fold(value, partials[keep * p.chunks + j]);
      finish(at, p, keep, value);
    }
  });
}

/** n <= 4 W neighbouring columns, rows first..last-1 of the reduction; c, contiguous, is added. */
template <class F>
void fold_columns(float* to, const float* x, const float* y, const float* c, const ReducePlan& p,
                  int64_t first, int64_t last, int n) {
  vf acc[4];
  for (auto& v : acc) v = splat(F::kEmpty);
  const int full = n / W, rest = n % W;
  const Tail end = tail(rest ? rest : W);
  const int inner = p.reduced_rank - 1;
  const int64_t step = p.reduced_stride[inner], length = p.reduced_shape[inner];
  const int64_t y_step = F::kTwo ? p.y_reduced_stride[inner] : 0;
  const auto take = [&](int j, const float* from, const float* other) {
    vf second = {};
    if constexpr (F::kTwo) second = load(other + j * W);
    acc[j] = F::take(acc[j], load(from + j * W), second);
  };
  for (int64_t r = first, count; r < last; r += count) {
    const float* from = x + offset_of(r, p.reduced_rank, p.reduced_shape, p.reduced_stride);
    const float* other =
        F::kTwo ? y + offset_of(r, p.reduced_rank, p.reduced_shape, p.y_reduced_stride) : nullptr;
    count = length - r % length;
    if (count > last - r) count = last - r;
    for (int64_t i = 0; i < count; i++, from += step, other += y_step) {
      if (full == 4) {
        for (int j = 0; j < 4; j++) take(j, from, other);
      } else {
        for (int j = 0; j < full; j++) take(j, from, other);
        if (rest) {
          vf second = {};
          if constexpr (F::kTwo) second = load(other + full * W, end);
          acc[full] = F::take(acc[full], load(from + full * W, end), second);
        }
      }
    }
  }
  for (int j = 0; j < full; j++) store(to + j * W, c ? acc[j] + load(c + j * W) : acc[j]);
  if (rest) store(to + full * W, c ? acc[full] + load(c + full * W, end) : acc[full], end);
}

template <class F>
void columns(const Operands& at, const ReducePlan& p, float* partials, const Team& team) {
  constexpr int kWide = 4 * W;
  const int inner = p.keep_rank - 1;
  const int64_t length = p.keep_shape[inner], blocks = (length + kWide - 1) / kWide, outer = p.keep / length;
  // A single chunk with contiguous output needs no partial results.
  const bool straight =
      p.chunks == 1 && p.keep_rank == 1 && p.out_stride[0] == 1 && (!at.c || p.c_stride[0] == 1);
  parallel_for(team, outer * blocks * p.chunks, [&](const Part& mine) {
    for (int64_t unit = mine.first; unit < mine.last; unit++) {
      const int64_t chunk = unit / (outer * blocks), rest = unit - chunk * outer * blocks;
      const int64_t row = rest / blocks, column = (rest - row * blocks) * kWide, keep = row * length + column;
      const int64_t first = chunk * p.chunk, last = first + p.chunk < p.reduced ? first + p.chunk : p.reduced;
      const int n = length - column < kWide ? (int)(length - column) : kWide;
      const float* x = at.x + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride);
      const float* y = F::kTwo ? at.y + offset_of(keep, p.keep_rank, p.keep_shape, p.y_stride) : nullptr;
      float* to = straight ? at.out + keep : partials + chunk * p.keep + keep;
      fold_columns<F>(to, x, y, straight && at.c ? at.c + keep : nullptr, p, first, last, n);
    }
  });
  if (straight) return;
  parallel_for(folders(p, team), p.keep, [&](const Part& kept) {
    for (int64_t keep = kept.first; keep < kept.last; keep++) {
      float value = partials[keep];
      for (int64_t j = 1; j < p.chunks; j++) value = F::fold(value, partials[j * p.keep + keep]);
      finish(at, p, keep, value);
    }
  });
}

template <class F>
void any(const Operands& at, const ReducePlan& p, const Team& team) {
  const int inner = p.reduced_rank - 1;
  const int64_t length = p.reduced_shape[inner], step = p.reduced_stride[inner];
  const int64_t y_step = F::kTwo ? p.y_reduced_stride[inner] : 0;
  parallel_for(team, p.keep, [&](const Part& mine) {
    for (int64_t keep = mine.first; keep < mine.last; keep++) {
      const float* x_row = at.x + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride);
      const float* y_row =
          F::kTwo ? at.y + offset_of(keep, p.keep_rank, p.keep_shape, p.y_stride) : nullptr;
      float value = F::kEmpty;
      for (int64_t r = 0; r < p.reduced; r += length) {
        const float* x = x_row + offset_of(r, p.reduced_rank, p.reduced_shape, p.reduced_stride);
        const float* y =
            F::kTwo ? y_row + offset_of(r, p.reduced_rank, p.reduced_shape, p.y_reduced_stride) : nullptr;
        float run = F::kEmpty;
        if (step == 1 && (!F::kTwo || y_step == 1))
          run = fold_run<F>(x, y, length);
        else
          for (int64_t i = 0; i < length; i++) run = F::take(run, x[i * step], F::kTwo ? y[i * y_step] : 0.f);
        value = F::fold(value, run);
      }
      finish(at, p, keep, value);
    }
  });
}

template <class F>
void reduce_by(const Operands& at, const ReducePlan& p, float* partials, const Team& team) {
  if (p.path == ReducePlan::kRows)
    rows<F>(at, p, partials, team);
  else if (p.path == ReducePlan::kColumns)
    columns<F>(at, p, partials, team);
  else
    any<F>(at, p, team);
}

}  // namespace

/** y: null unless it folds products; c: null, or the addend of the result. */
void reduce(float* out, const float* x, const float* y, const float* c, const ReducePlan& p, float* partials,
            const Team& team) {
  if (p.keep == 0) return;
  const Operands at = {out, x, y, c};
  if (p.fold == ReducePlan::kMaximum)
    reduce_by<Max>(at, p, partials, team);
  else if (p.fold == ReducePlan::kDot)
    reduce_by<Dot>(at, p, partials, team);
  else
    reduce_by<Sum>(at, p, partials, team);
}

}  // namespace unroll::UNROLL_ISA
