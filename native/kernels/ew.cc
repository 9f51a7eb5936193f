// Elementwise programs: a small register machine that runs one operation over a strip of elements at a time,
// so that values stay in the L1 cache between operations. Operations process whole vectors; partial ones are
// copied to scratch memory.
#include "functions.h"
#include "kernels.h"
#include "parallel.h"
#include "philox.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** Offset of linear position `first` in the view, and the number of elements from there to the end of its
 * row. */
struct Spot {
  int64_t offset, rest;
};
UNROLL_INLINE Spot spot(const EwPlan& plan, const EwView& view, int64_t first) {
  int d = plan.rank - 1;
  if (d == 0) return {first * view.stride[0], plan.shape[0] - first};
  int64_t next = first / plan.shape[d];
  const int64_t column = first - next * plan.shape[d];
  Spot result = {column * view.stride[d], plan.shape[d] - column};
  for (d--; d > 0; d--) {
    const int64_t row = next;
    next = row / plan.shape[d];
    result.offset += (row - next * plan.shape[d]) * view.stride[d];
  }
  result.offset += next * view.stride[0];
  return result;
}

void copy(float* to, const float* from, int64_t n) {
  int64_t i = 0;
  for (; i + W <= n; i += W) store(to + i, load(from + i));
  if (i == n) return;
  const Tail rest = tail((int)(n - i));
  store(to + i, load(from + i, rest), rest);
}
void fill(float* to, int64_t step, float value, int64_t n) {
  int64_t i = 0;
  if (step == 1)
    for (; i + W <= n; i += W) store(to + i, splat(value));
  for (; i < n; i++) to[i * step] = value;
}

/** strip[0..n-1] = the view's elements from linear position `first` on. */
void gather(float* strip, const float* base, const EwPlan& plan, const EwView& view, int64_t first,
            int64_t n) {
  const int64_t step = view.stride[plan.rank - 1];
  for (int64_t done = 0, count; done < n; done += count) {
    const auto [offset, rest] = spot(plan, view, first + done);
    const float* from = base + offset;
    count = n - done < rest ? n - done : rest;
    if (step == 1)
      copy(strip + done, from, count);
    else
      for (int64_t i = 0; i < count; i++) strip[done + i] = from[i * step];
  }
}

/** The view's elements from linear position `first` on = strip[0..n-1]. */
void scatter(float* base, const float* strip, const EwPlan& plan, const EwView& view, int64_t first,
             int64_t n) {
  const int64_t step = view.stride[plan.rank - 1];
  for (int64_t done = 0, count; done < n; done += count) {
    const auto [offset, rest] = spot(plan, view, first + done);
    count = n - done < rest ? n - done : rest;
    float* to = base + offset;
    if (step == 1)
      copy(to, strip + done, count);
    else
      for (int64_t i = 0; i < count; i++) to[i * step] = strip[done + i];
  }
}

/** `rows` rows of n elements from linear position `first` on; more than one only where they are whole. */
struct Strip {
  int64_t first, rows, n;
  int64_t index[kMaxRank];  // coordinates of `first`, when the plan goes by rows
};

Strip strip_at(const EwPlan& plan, int64_t number) {
  const int64_t per_row = plan.band > 1 ? plan.bands : plan.strips_per_row;
  const int64_t row = number / per_row, part = number - row * per_row;
  Strip strip;
  if (plan.band > 1) {
    const int64_t high = plan.shape[plan.rank - 2], from = part * plan.band;
    strip.first = (row * high + from) * plan.row;
    strip.rows = high - from < plan.band ? high - from : plan.band;
    strip.n = plan.row;
  } else {
    int64_t column = part * plan.strip, end = plan.split;
    if (column >= plan.split) column = plan.split, end = plan.row;
    strip.first = row * plan.row + column;
    strip.rows = 1;
    strip.n = end - column < plan.strip ? end - column : plan.strip;
  }
  if (plan.rows) {
    int64_t left = strip.first;
    for (int d = plan.rank - 1; d > 0; d--) {
      const int64_t next = left / plan.shape[d];
      strip.index[d] = left - next * plan.shape[d];
      left = next;
    }
    strip.index[0] = left;
  }
  return strip;
}

struct Machine {
  const EwPlan& plan;
  float* arena;
  const int64_t* at;  // start of every view: outs, then ins
  Operand* registers;
  float* slots;

  /** Floats between two rows of a strip. */
  int64_t step(const EwView& view) const { return plan.rank > 1 ? view.stride[plan.rank - 2] : 0; }
  Operand in_slot(int number, const Strip& strip) const {
    return {slots + number * plan.strip, strip.n, true, true};
  }

  /** Elements from the view's start to the strip's. */
  int64_t offset(const EwView& view, const Strip& strip) const {
    if (view.flat) return strip.first;
    int64_t result = 0;
    for (int d = 0; d < plan.rank; d++) result += strip.index[d] * view.stride[d];
    return result;
  }

  /** True if whole vectors may be read and written in place. */
  bool in_place(const EwView& view, const Strip& strip) const {
    return view.direct && strip.n % W == 0 && (view.flat || (plan.rows && view.stride[plan.rank - 1] == 1));
  }
  Operand here(const EwView& view, int64_t start, const Strip& strip) const {
    return {arena + start + offset(view, strip), step(view), true, step(view) == strip.n};
  }

  void prepare() const {
    for (int i = 0; i < plan.ins; i++)
      if (plan.views[i].scalar) registers[i] = {arena + at[plan.outs + i], 0, false, true};
    for (int k = 0; k < plan.ops; k++)
      if (plan.code[k].fn == Fn::kConst)
        registers[plan.ins + k] = {(float*)plan.constants + k * kPadded, 0, false, true};
  }

  void run(const Strip& strip, const Counter& counter) const {
    const int64_t all = strip.rows * strip.n, padded = strip.rows > 1 ? strip.n : (strip.n + W - 1) / W * W;
    for (int i = 0; i < plan.ins; i++) {
      const EwView& view = plan.views[i];
      const int64_t start = at[plan.outs + i];
      if (view.scalar) continue;
      if (in_place(view, strip)) {
        registers[i] = here(view, start, strip);
      } else if (plan.rows && view.stride[plan.rank - 1] == 0) {
        const bool line = strip.rows == 1 || step(view) == 0;
        registers[i] = {arena + start + offset(view, strip), step(view), false, line};
      } else {
        registers[i] = in_slot(view.slot, strip);
        gather(registers[i].at, arena + start, plan, view, strip.first, all);
      }
    }
    for (int k = 0; k < plan.ops; k++)
      if (plan.code[k].slot >= 0) registers[plan.ins + k] = in_slot(plan.code[k].slot, strip);
    const EwView* outs = plan.views + plan.ins;
    for (int k = 0; k < plan.outs; k++)
      if (in_place(outs[k], strip)) registers[plan.results[k]] = here(outs[k], at[k], strip);
    for (int k = 0; k < plan.ops; k++) {
      const EwOp& op = plan.code[k];
      const Operand& out = registers[plan.ins + k];
      if (op.fn == Fn::kConst) continue;
      if (op.fn == Fn::kUniform)
        for (int64_t r = 0; r < strip.rows; r++)
          uniform_strip(out.at + r * out.step, strip.first + r * strip.n, padded, op.stream, counter);
      else
        functions[(int)op.fn].strip(out, registers[op.a], registers[op.b], registers[op.c], strip.rows,
                                    padded);
    }
    for (int k = 0; k < plan.outs; k++)
      if (!in_place(outs[k], strip)) put(outs[k], at[k], registers[plan.results[k]], strip);
  }

  /** Copies a register to the view's part of the strip. */
  void put(const EwView& view, int64_t start, const Operand& from, const Strip& strip) const {
    for (int64_t r = 0; r < strip.rows; r++) {
      const float* row = from.at + r * from.step;
      const int64_t first = strip.first + r * strip.n;
      if (from.walks) {
        scatter(arena + start, row, plan, view, first, strip.n);
        continue;
      }
      const int64_t last = view.stride[plan.rank - 1];
      for (int64_t done = 0, count; done < strip.n; done += count) {
        const auto [offset, rest] = spot(plan, view, first + done);
        count = strip.n - done < rest ? strip.n - done : rest;
        fill(arena + start + offset, last, *row, count);
      }
    }
  }
};

/** At most one vector of elements: no strips, every register one vector of scratch. */
void ew_vector(float* arena, const EwPlan& plan, const int64_t* at, float* scratch, const Counter& counter) {
  const int n = (int)plan.total;
  const Tail all = tail(n);
  const auto reg = [&](int r) { return scratch + r * W; };
  for (int i = 0; i < plan.ins; i++) {
    const EwView& view = plan.views[i];
    const float* from = arena + at[plan.outs + i];
    if (view.scalar)
      store(reg(i), splat(*from));
    else if (view.flat)
      store(reg(i), load(from, all));
    else
      gather(reg(i), from, plan, view, 0, n);
  }
  for (int k = 0; k < plan.ops; k++) {
    const EwOp& op = plan.code[k];
    float* out = reg(plan.ins + k);
    if (op.fn == Fn::kConst)
      store(out, load(plan.constants + k * kPadded));
    else if (op.fn == Fn::kUniform)
      uniform_strip(out, 0, n, op.stream, counter);
    else
      functions[(int)op.fn].vector(out, reg(op.a), reg(op.b), reg(op.c));
  }
  for (int k = 0; k < plan.outs; k++) {
    const EwView& view = plan.views[plan.ins + k];
    float* from = reg(plan.results[k]);
    if (view.flat)
      store(arena + at[k], load(from), all);
    else
      scatter(arena + at[k], from, plan, view, 0, n);
  }
}

}  // namespace

/** Runs the strips in parallel. */
void ew(float* arena, const EwPlan& plan, const int64_t* at, const Scratch& memory, const Counter& counter,
        const Team& team) {
  if (plan.total == 0 || (plan.guard >= 0 && arena[at[plan.outs + plan.guard]] == 0.f)) return;
  if (plan.total <= W) return ew_vector(arena, plan, at, memory.data, counter);
  parallel_for(team, plan.strips, [&](const Part& mine) {
    float* scratch = memory.of(mine);
    const Machine machine{plan, arena, at, (Operand*)scratch, scratch + ew_registers(plan)};
    machine.prepare();
    for (int64_t s = mine.first; s < mine.last; s++) machine.run(strip_at(plan, s), counter);
  });
}

}  // namespace unroll::UNROLL_ISA
