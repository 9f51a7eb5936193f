// Rows of logits (M,V): softmax and the cross-entropy of known classes with its gradient. Each row is
// computed by one thread. p = e^{x - max} / sum e^{x - max}. An id below 0 means "no class"; one that is not
// below V gives NaN.
#include "kernels.h"
#include "lookup.h"
#include "math.h"
#include "parallel.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** The row as contiguous memory: itself, or a copy in scratch. */
UNROLL_INLINE const float* contiguous(const float* x, int64_t step, int64_t V, float* scratch) {
  if (step == 1) return x;
  for (int64_t v = 0; v < V; v++) scratch[v] = x[v * step];
  return scratch;
}

UNROLL_INLINE float max_of(const float* x, int64_t V) {
  vf best = splat(-__builtin_inff());
  int64_t v = 0;
  for (; v + W <= V; v += W) best = larger(best, load(x + v));
  float result = max_lanes(best);
  for (; v < V; v++) result = larger_one(result, x[v]);
  return result;
}

/** Sum of e^{x - max}; stores the terms when `terms` is not null, which may be x. */
template <bool kStore>
float exp_sum(float* terms, const float* x, float max, int64_t V) {
  vf sum = {};
  int64_t v = 0;
  for (; v + W <= V; v += W) {
    const vf e = exp_of(load(x + v) - max);
    if (kStore) store(terms + v, e);
    sum += e;
  }
  if (v < V) {
    const Tail rest = tail((int)(V - v));
    const vf e = exp_of(load(x + v, rest) - max);
    if (kStore) store(terms + v, e, rest);
    float lanes[W];
    store(lanes, e);
    for (int i = rest.n; i < W; i++) lanes[i] = 0.f;
    sum += load(lanes);
  }
  return sum_lanes(sum);
}

UNROLL_INLINE float log_one(float x) { return log_of(splat(x))[0]; }

UNROLL_INLINE void scale(float* x, float factor, int64_t V) {
  int64_t v = 0;
  for (; v + W <= V; v += W) store(x + v, load(x + v) * factor);
  for (; v < V; v++) x[v] *= factor;
}

UNROLL_INLINE void store_row(float* out, int64_t step, const float* row, int64_t V) {
  if (out == row) return;
  for (int64_t v = 0; v < V; v++) out[v * step] = row[v];
}

/** The terms of a row go to out where it is contiguous, else to scratch first. */
UNROLL_INLINE float* terms_of(float* out, const RowsPlan& p, float* scratch) {
  return p.ov == 1 ? out : scratch;
}

}  // namespace

void softmax(float* out, const float* in, const RowsPlan& p, const Scratch& memory, const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    float* scratch = memory.of(mine);
    for (int64_t m = mine.first; m < mine.last; m++) {
      const float* x = contiguous(in + m * p.im, p.iv, p.V, scratch);
      float* terms = terms_of(out + m * p.om, p, scratch);
      const float sum = exp_sum<true>(terms, x, max_of(x, p.V), p.V);
      scale(terms, 1.f / sum, p.V);
      store_row(out + m * p.om, p.ov, terms, p.V);
    }
  });
}

void log_softmax(float* out, const float* in, const RowsPlan& p, const Scratch& memory, const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    float* scratch = memory.of(mine);
    for (int64_t m = mine.first; m < mine.last; m++) {
      const float* x = contiguous(in + m * p.im, p.iv, p.V, scratch);
      const float max = max_of(x, p.V), log_sum = log_one(exp_sum<false>(nullptr, x, max, p.V));
      float* to = out + m * p.om;
      for (int64_t v = 0; v < p.V; v++) to[v * p.ov] = x[v] - max - log_sum;
    }
  });
}

void cross_entropy(float* out, const float* logits, const float* ids, const RowsPlan& p,
                   const Scratch& memory, const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    float* scratch = memory.of(mine);
    for (int64_t m = mine.first; m < mine.last; m++) {
      const int64_t id = row_of(ids[m * p.ids], p.V);
      float loss = id == kNoRow ? 0.f : __builtin_nanf("");
      if (id >= 0) {
        const float* x = contiguous(logits + m * p.im, p.iv, p.V, scratch);
        const float max = max_of(x, p.V);
        loss = log_one(exp_sum<false>(nullptr, x, max, p.V)) - (x[id] - max);
      }
      out[m * p.om] = loss;
    }
  });
}

void cross_entropy_grad(float* out, const float* logits, const float* ids, const float* g,
                        const RowsPlan& p, const Scratch& memory, const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    float* scratch = memory.of(mine);
    for (int64_t m = mine.first; m < mine.last; m++) {
      const int64_t id = row_of(ids[m * p.ids], p.V);
      float* to = out + m * p.om;
      if (id < 0) {
        for (int64_t v = 0; v < p.V; v++) to[v * p.ov] = id == kNoRow ? 0.f : __builtin_nanf("");
        continue;
      }
      const float gm = g[m * p.g];
      const float* x = contiguous(logits + m * p.im, p.iv, p.V, scratch);
      float* terms = terms_of(to, p, scratch);
      const float sum = exp_sum<true>(terms, x, max_of(x, p.V), p.V);
      const float own = terms[id] / sum - 1.f;
      scale(terms, gm / sum, p.V);
      terms[id] = own * gm;
      store_row(to, p.ov, terms, p.V);
    }
  });
}

}  // namespace unroll::UNROLL_ISA
