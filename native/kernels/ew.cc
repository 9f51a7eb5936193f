// Elementwise programs: a small register machine that runs one operation over a strip of elements at a time,
// so that values stay in the first-level cache between operations. Operations always see whole vectors; what
// does not fill one passes through scratch.
#include "crew.h"
#include "functions.h"
#include "kernels.h"
#include "philox.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** Elements from the view's start to linear position `first`, and how many more its row holds. */
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

void copy(float* to, Operand from, int64_t n) {
  int64_t i = 0;
  for (; i + W <= n; i += W) store(to + i, get(from, i));
  if (i == n) return;
  const Tail rest = tail((int)(n - i));
  store(to + i, load(from.at + (i & from.mask), rest), rest);
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
      copy(strip + done, {(float*)from, ~0ll}, count);
    else
      for (int64_t i = 0; i < count; i++) strip[done + i] = from[i * step];
  }
}

/** The view's elements from linear position `first` on = strip[0..n-1]. */
void scatter(float* base, Operand strip, const EwPlan& plan, const EwView& view, int64_t first, int64_t n) {
  const int64_t step = view.stride[plan.rank - 1];
  for (int64_t done = 0, count; done < n; done += count) {
    const auto [offset, rest] = spot(plan, view, first + done);
    count = n - done < rest ? n - done : rest;
    float* to = base + offset;
    if (step == 1)
      copy(to, {strip.at + (done & strip.mask), strip.mask}, count);
    else
      for (int64_t i = 0; i < count; i++) to[i * step] = strip.at[(done + i) & strip.mask];
  }
}

struct Machine {
  const EwPlan& plan;
  float* arena;
  const int64_t* at;  // start of every view: outs, then ins
  Operand* registers;
  float* splats;
  float* slots;

  float* slot(int number) const { return slots + number * plan.strip; }

  /** Where n elements lie one after the other, if whole vectors of them may be used in place. */
  float* in_place(const EwView& view, int64_t start, int64_t first, int64_t n) const {
    if (!view.direct || n % W != 0) return nullptr;
    if (view.flat) return arena + start + first;
    if (!plan.rows || view.stride[plan.rank - 1] != 1) return nullptr;
    return arena + start + spot(plan, view, first).offset;
  }

  void prepare() const {
    for (int i = 0; i < plan.ins; i++) {
      registers[i] = {splats + i * kSplat, 0};
      if (plan.views[i].scalar) store(registers[i].at, splat(arena[at[plan.outs + i]]));
    }
    for (int k = 0; k < plan.ops; k++) {
      const EwOp& op = plan.code[k];
      registers[plan.ins + k] =
          op.slot < 0 ? Operand{(float*)plan.constants + k * kSplat, 0} : Operand{slot(op.slot), ~0ll};
    }
  }

  /** Elements first..first+n-1. */
  void run(int64_t first, int64_t n, const Counter& counter) const {
    const int64_t padded = (n + W - 1) / W * W;
    for (int i = 0; i < plan.ins; i++) {
      const EwView& view = plan.views[i];
      const int64_t start = at[plan.outs + i];
      if (view.scalar) continue;
      if (float* here = in_place(view, start, first, n)) {
        registers[i] = {here, ~0ll};
      } else if (plan.rows && view.stride[plan.rank - 1] == 0) {
        store(registers[i].at, splat(arena[start + spot(plan, view, first).offset]));
      } else {
        registers[i] = {slot(view.slot), ~0ll};
        gather(registers[i].at, arena + start, plan, view, first, n);
      }
    }
    const EwView* outs = plan.views + plan.ins;
    for (int k = 0; k < plan.outs; k++) {
      if (!outs[k].direct) continue;
      float* here = in_place(outs[k], at[k], first, n);
      const int op = plan.results[k] - plan.ins;
      registers[plan.ins + op].at = here ? here : slot(plan.code[op].slot);
    }
    for (int k = 0; k < plan.ops; k++) {
      const EwOp& op = plan.code[k];
      float* out = registers[plan.ins + k].at;
      if (op.fn == Fn::kConst) continue;
      if (op.fn == Fn::kUniform)
        uniform_strip(out, first, padded, op.stream, counter);
      else
        functions[(int)op.fn].strip(out, registers[op.a], registers[op.b], registers[op.c], padded);
    }
    for (int k = 0; k < plan.outs; k++) {
      const Operand from = registers[plan.results[k]];
      if (outs[k].direct && in_place(outs[k], at[k], first, n)) continue;
      if (outs[k].flat)
        copy(arena + at[k] + first, from, n);
      else
        scatter(arena + at[k], from, plan, outs[k], first, n);
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
      store(out, load(plan.constants + k * kSplat));
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
      scatter(arena + at[k], {from, ~0ll}, plan, view, 0, n);
  }
}

}  // namespace

/** Strips are shared out among the crew. */
void ew(float* arena, const EwPlan& plan, const int64_t* at, const Lent& lent, const Counter& counter,
        const Crew& crew) {
  if (plan.total == 0 || (plan.guard >= 0 && arena[at[plan.outs + plan.guard]] == 0.f)) return;
  if (plan.total <= W) return ew_vector(arena, plan, at, lent.data, counter);
  spread(crew, plan.strips, [&](const Part& mine) {
    float* scratch = lent.of(mine);
    float* splats = scratch + ew_registers(plan);
    const Machine machine{plan, arena, at, (Operand*)scratch, splats, splats + plan.ins * kSplat};
    machine.prepare();
    int64_t row = mine.first ? mine.first / plan.strips_per_row : 0,
            strip = mine.first - row * plan.strips_per_row;
    for (int64_t s = mine.first; s < mine.last; s++) {
      int64_t column = strip * plan.strip, end = plan.split;
      if (column >= plan.split) column = plan.split, end = plan.row;
      const int64_t n = end - column < plan.strip ? end - column : plan.strip;
      machine.run(row * plan.row + column, n, counter);
      if (++strip == plan.strips_per_row) strip = 0, row++;
    }
  });
}

}  // namespace unroll::UNROLL_ISA
