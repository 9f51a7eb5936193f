// Sums and maxima over trailing dimensions. Long reductions go in chunks whose size depends on the shape
// alone, and the chunks are folded in order: the same bits for any crew, and rounding errors that grow with
// the chunk, not with the whole.
#include "crew.h"
#include "kernels.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

struct Sum {
  static constexpr float kEmpty = 0.f;
  UNROLL_INLINE vf fold(vf a, vf b) { return a + b; }
  UNROLL_INLINE float fold(float a, float b) { return a + b; }
  UNROLL_INLINE float lanes(vf x) { return sum_lanes(x); }
};
struct Max {
  static constexpr float kEmpty = -__builtin_inff();
  UNROLL_INLINE vf fold(vf a, vf b) { return larger(a, b); }
  UNROLL_INLINE float fold(float a, float b) { return larger_one(a, b); }
  UNROLL_INLINE float lanes(vf x) { return max_lanes(x); }
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

/** Fold of n contiguous elements. */
template <class F>
float fold_run(const float* x, int64_t n) {
  vf acc[4];
  for (auto& v : acc) v = splat(F::kEmpty);
  int64_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W)
    for (int j = 0; j < 4; j++) acc[j] = F::fold(acc[j], load(x + i + j * W));
  for (; i + W <= n; i += W) acc[0] = F::fold(acc[0], load(x + i));
  float result = F::lanes(F::fold(F::fold(acc[0], acc[1]), F::fold(acc[2], acc[3])));
  for (; i < n; i++) result = F::fold(result, x[i]);
  return result;
}

/** Folding few partial results is not worth a crew. */
UNROLL_INLINE Crew folders(const ReducePlan& p, const Crew& crew) {
  return p.keep * p.chunks < (1 << 15) ? Crew{1, nullptr} : crew;
}

template <class F>
void rows(float* out, const float* in, const ReducePlan& p, float* partials, const Crew& crew) {
  spread(crew, p.keep * p.chunks, [&](const Part& mine) {
    for (int64_t unit = mine.first; unit < mine.last; unit++) {
      const int64_t keep = unit / p.chunks, first = (unit - keep * p.chunks) * p.chunk;
      const int64_t n = p.reduced - first < p.chunk ? p.reduced - first : p.chunk;
      const float* from = in + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride) + first;
      const float value = fold_run<F>(from, n);
      if (p.chunks > 1)
        partials[unit] = value;
      else
        out[offset_of(keep, p.keep_rank, p.keep_shape, p.out_stride)] = value;
    }
  });
  if (p.chunks == 1) return;
  spread(folders(p, crew), p.keep, [&](const Part& kept) {
    for (int64_t keep = kept.first; keep < kept.last; keep++) {
      float value = partials[keep * p.chunks];
      for (int64_t j = 1; j < p.chunks; j++) value = F::fold(value, partials[keep * p.chunks + j]);
      out[offset_of(keep, p.keep_rank, p.keep_shape, p.out_stride)] = value;
    }
  });
}

/** n <= 4 W neighbouring columns, rows first..last-1 of the reduction. */
template <class F>
void fold_columns(float* to, const float* in, const ReducePlan& p, int64_t first, int64_t last, int n) {
  vf acc[4];
  for (auto& v : acc) v = splat(F::kEmpty);
  const int full = n / W, rest = n % W;
  const Tail end = tail(rest ? rest : W);
  const int64_t step = p.reduced_stride[p.reduced_rank - 1];
  const int64_t length = p.reduced_shape[p.reduced_rank - 1];
  for (int64_t r = first, count; r < last; r += count) {
    const float* x = in + offset_of(r, p.reduced_rank, p.reduced_shape, p.reduced_stride);
    count = length - r % length;
    if (count > last - r) count = last - r;
    for (int64_t i = 0; i < count; i++, x += step) {
      if (full == 4) {
        for (int j = 0; j < 4; j++) acc[j] = F::fold(acc[j], load(x + j * W));
      } else {
        for (int j = 0; j < full; j++) acc[j] = F::fold(acc[j], load(x + j * W));
        if (rest) acc[full] = F::fold(acc[full], load(x + full * W, end));
      }
    }
  }
  for (int j = 0; j < full; j++) store(to + j * W, acc[j]);
  if (rest) store(to + full * W, acc[full], end);
}

template <class F>
void columns(float* out, const float* in, const ReducePlan& p, float* partials, const Crew& crew) {
  constexpr int kWide = 4 * W;
  const int inner = p.keep_rank - 1;
  const int64_t length = p.keep_shape[inner], blocks = (length + kWide - 1) / kWide, outer = p.keep / length;
  spread(crew, outer * blocks * p.chunks, [&](const Part& mine) {
    for (int64_t unit = mine.first; unit < mine.last; unit++) {
      const int64_t chunk = unit / (outer * blocks), rest = unit - chunk * outer * blocks;
      const int64_t row = rest / blocks, column = (rest - row * blocks) * kWide, keep = row * length + column;
      const int64_t first = chunk * p.chunk, last = first + p.chunk < p.reduced ? first + p.chunk : p.reduced;
      const int n = length - column < kWide ? (int)(length - column) : kWide;
      fold_columns<F>(partials + chunk * p.keep + keep,
                      in + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride), p, first, last, n);
    }
  });
  spread(folders(p, crew), p.keep, [&](const Part& kept) {
    for (int64_t keep = kept.first; keep < kept.last; keep++) {
      float value = partials[keep];
      for (int64_t j = 1; j < p.chunks; j++) value = F::fold(value, partials[j * p.keep + keep]);
      out[p.keep_rank == 1 ? keep * p.out_stride[0]
                           : offset_of(keep, p.keep_rank, p.keep_shape, p.out_stride)] = value;
    }
  });
}

template <class F>
void any(float* out, const float* in, const ReducePlan& p, const Crew& crew) {
  const int64_t length = p.reduced_shape[p.reduced_rank - 1], step = p.reduced_stride[p.reduced_rank - 1];
  spread(crew, p.keep, [&](const Part& mine) {
    for (int64_t keep = mine.first; keep < mine.last; keep++) {
      const float* from = in + offset_of(keep, p.keep_rank, p.keep_shape, p.in_stride);
      float value = F::kEmpty;
      for (int64_t r = 0; r < p.reduced; r += length) {
        const float* x = from + offset_of(r, p.reduced_rank, p.reduced_shape, p.reduced_stride);
        float run = F::kEmpty;
        if (step == 1)
          run = fold_run<F>(x, length);
        else
          for (int64_t i = 0; i < length; i++) run = F::fold(run, x[i * step]);
        value = F::fold(value, run);
      }
      out[offset_of(keep, p.keep_rank, p.keep_shape, p.out_stride)] = value;
    }
  });
}

template <class F>
void reduce_by(float* out, const float* in, const ReducePlan& p, float* partials, const Crew& crew) {
  if (p.path == ReducePlan::kRows)
    rows<F>(out, in, p, partials, crew);
  else if (p.path == ReducePlan::kColumns)
    columns<F>(out, in, p, partials, crew);
  else
    any<F>(out, in, p, crew);
}

}  // namespace

void reduce(float* out, const float* in, const ReducePlan& p, float* partials, const Crew& crew) {
  if (p.keep == 0) return;
  if (p.max)
    reduce_by<Max>(out, in, p, partials, crew);
  else
    reduce_by<Sum>(out, in, p, partials, crew);
}

}  // namespace unroll::UNROLL_ISA
