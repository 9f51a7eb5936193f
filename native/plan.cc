#include "plan.h"

#include <algorithm>

#include "views.h"

namespace unroll {

namespace {

// Floats of L1 cache that a strip may take: its scratch memory and half of the operands read and written in
// place. Fewer for calls whose operands come from memory: in short strips the loads of one operation overlap
// with those of the next.
constexpr int64_t kStripBudget = 8192, kColdBudget = 1536;
constexpr int64_t kCold =
    1 << 20;  // floats read and written from which on operands are assumed to be in no cache
constexpr int64_t kLongRow = 128;  // from this row length on, strips do not cross rows
constexpr int64_t kChunk = 4096, kChunkRows = 512;
constexpr int64_t kFewRows = 12;  // up to this many rows of out, packing b costs more than it saves

int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

/** Strips of scratch for registers, reused after the last operation that reads them. */
class Slots {
 public:
  int take() {
    if (free_.empty()) return used_++;
    const int slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void give(int slot) {
    if (slot >= 0) free_.push_back(slot);
  }
  int used() const { return used_; }

 private:
  std::vector<int> free_;
  int used_ = 0;
};

/** Position of the last operation that reads each register; the number of operations for results. */
std::vector<int> last_reads(const std::vector<EwOp>& code, const std::vector<int>& results, int n_ins) {
  std::vector<int> last(n_ins + code.size(), -1);
  for (size_t k = 0; k < code.size(); k++) {
    const int operands[3] = {code[k].a, code[k].b, code[k].c};
    for (int i = 0; i < arity(code[k].fn); i++) last[operands[i]] = (int)k;
  }
  for (const int result : results) last[result] = (int)code.size();
  return last;
}

/** `whole`: every strip consists of whole vectors. Returns the number of strips of scratch. */
int allocate_slots(OwnedEw& ew, const std::vector<int>& last, bool whole) {
  const int n_ins = ew.plan.ins;
  Slots slots;
  for (int i = 0; i < n_ins; i++) {
    EwView& view = ew.views[i];
    const int64_t step = view.stride[ew.plan.rank - 1];
    const bool repeated = view.scalar || (ew.plan.rows && step == 0);
    const bool here = view.direct && (view.flat || (ew.plan.rows && step == 1)) && whole;
    view.slot = repeated || here ? -1 : slots.take();
  }
  for (size_t k = 0; k < ew.code.size(); k++) {
    EwOp& op = ew.code[k];
    const int operands[3] = {op.a, op.b, op.c};
    for (int i = 0; i < arity(op.fn); i++) {
      const int r = operands[i];
      const bool again = std::find(operands, operands + i, r) != operands + i;
      if (last[r] == (int)k && !again) slots.give(r < n_ins ? ew.views[r].slot : ew.code[r - n_ins].slot);
    }
    op.slot = op.fn == Fn::kConst ? -1 : slots.take();
    if (last[n_ins + k] < 0) slots.give(op.slot);
  }
  return slots.used();
}

bool dense(const EwPlan& plan, const int64_t* stride) {
  int64_t step = 1;
  for (int d = plan.rank - 1; d >= 0; d--) {
    if (stride[d] != step) return false;
    step *= plan.shape[d];
  }
  return true;
}

/** Cost per element, in additions. */
int64_t cost(Fn fn) {
  switch (fn) {
    case Fn::kExp:
    case Fn::kLog:
    case Fn::kTanh:
    case Fn::kSigmoid:
    case Fn::kUniform:
      return 8;
    case Fn::kDiv:
    case Fn::kSqrt:
      return 3;
    default:
      return 1;
  }
}

void fill(int64_t* to, const int64_t* from, int rank) { std::copy(from, from + rank, to); }

}  // namespace

int arity(Fn fn) {
  switch (fn) {
    case Fn::kConst:
    case Fn::kUniform:
      return 0;
    case Fn::kSelect:
    case Fn::kFma:
      return 3;
    case Fn::kAdd:
    case Fn::kSub:
    case Fn::kMul:
    case Fn::kDiv:
    case Fn::kMax:
    case Fn::kMin:
    case Fn::kGt:
    case Fn::kGe:
    case Fn::kEq:
      return 2;
    default:
      return fn >= Fn::kCount ? 3 : 1;
  }
}

bool worth_sharing(int64_t work) { return work >= 1 << 16; }

int64_t packed_size(int64_t K, int64_t N, Precision precision, int panel) {
  if (precision == Precision::kF32) return K * round_up(N, panel);
  return (precision == Precision::kBf16x3 ? 2 : 1) * round_up(K, 32) * round_up(N, panel);
}

OwnedEw plan_ew(const View* outs, int n_outs, const View* ins, int n_ins, std::vector<EwOp> code,
                std::vector<int> results, std::vector<float> constants, int width, Workspace& workspace) {
  int64_t work = n_ins + n_outs;  // per element, in additions
  for (const EwOp& op : code) work += cost(op.fn);
  const int guard = take_guard(outs, n_outs, ins, n_ins, code, results);
  fuse(code, results, constants, n_ins);
  OwnedEw ew{
      {}, std::vector<EwView>(n_ins + n_outs), std::move(code), std::move(results), std::move(constants)};
  EwPlan& plan = ew.plan;
  plan.ins = n_ins, plan.outs = n_outs, plan.ops = (int)ew.code.size();
  plan.total = elements(outs[0]), plan.guard = guard;
  const auto view_of = [&](int i) -> const View& { return i < n_ins ? ins[i] : outs[i - n_ins]; };
  std::vector<int64_t*> strides;
  for (int i = 0; i < n_ins + n_outs; i++) {
    fill(ew.views[i].stride, view_of(i).stride, view_of(i).rank);
    strides.push_back(ew.views[i].stride);
  }
  fill(plan.shape, outs[0].shape, outs[0].rank);
  plan.rank = collapse(outs[0].rank, plan.shape, strides);

  const int64_t inner = plan.shape[plan.rank - 1];
  plan.rows = plan.rank == 1 || inner >= kLongRow || (inner % width == 0 && inner >= kLongRow / 4);
  plan.row = plan.rows ? inner : plan.total;
  plan.split = plan.row <= 4 * width || plan.row % width == 0 ? plan.row : plan.row / width * width;

  const std::vector<int> last = last_reads(ew.code, ew.results, n_ins);
  for (int i = 0; i < n_ins + n_outs; i++) {
    EwView& view = ew.views[i];
    view.flat = dense(plan, view.stride);
    view.scalar =
        plan.total == 1 || std::all_of(view.stride, view.stride + plan.rank, [](auto s) { return s == 0; });
    view.slot = -1;
    // Inputs are read in place unless an output may overwrite them first; outputs are written in place unless
    // a later operation reads an input at the same address.
    if (i < n_ins) {
      const bool overwritten =
          std::any_of(outs, outs + n_outs, [&](const View& o) { return same_view(o, ins[i]); });
      view.direct = !(overwritten && last[i] == plan.ops);
    } else {
      const int result = ew.results[i - n_ins], op = result - n_ins;
      const auto first = std::find(ew.results.begin(), ew.results.end(), result) - ew.results.begin();
      view.direct = op >= 0 && ew.code[op].fn != Fn::kConst && first == i - n_ins;
      for (int j = 0; j < n_ins; j++) view.direct &= !(same_view(ins[j], view_of(i)) && last[j] > op);
    }
  }
  plan.slots = allocate_slots(ew, last, plan.row % width == 0);
  const int64_t budget = plan.total * (plan.ins + plan.outs) >= kCold ? kColdBudget : kStripBudget;
  const int streams = std::max(plan.slots, 1) + (plan.ins + plan.outs) / 2;
  plan.strip = std::clamp(budget / streams / kPadded * kPadded, int64_t{64}, int64_t{1024});
  plan.band = 1;
  if (plan.rows && plan.rank > 1 && plan.row % width == 0)
    plan.band = std::clamp(plan.strip / plan.row, int64_t{1}, plan.shape[plan.rank - 2]);
  plan.strip = std::max<int64_t>(kPadded, std::min(plan.strip, round_up(plan.band * plan.row, kPadded)));
  plan.strips_per_row = (plan.split + plan.strip - 1) / plan.strip + (plan.split < plan.row);
  plan.strips = plan.total == 0 ? 0 : plan.total / plan.row * plan.strips_per_row;
  if (plan.band > 1 && plan.total > 0) {
    const int64_t high = plan.shape[plan.rank - 2];
    plan.bands = (high + plan.band - 1) / plan.band;
    plan.strips = plan.total / (plan.row * high) * plan.bands;
  }
  plan.views = ew.views.data(), plan.code = ew.code.data(), plan.results = ew.results.data();
  plan.constants = ew.constants.data();
  workspace.per_thread = ew_scratch(plan);
  workspace.parallel = worth_sharing(plan.total * work * 2 / 3);
  return ew;
}

GemmPlan plan_gemm(const View& out, const View& a, const View& b, const View* c, bool packed,
                   Precision precision, const KernelTable& table, Workspace& workspace) {
  GemmPlan p = {};
  p.M = out.shape[0], p.N = out.shape[1], p.K = a.shape[1];
  p.om = out.stride[0], p.on = out.stride[1];
  p.am = a.stride[0], p.ak = a.stride[1];
  p.bk = b.stride[0], p.bn = b.stride[1];
  if (c) p.cm = c->stride[0], p.cn = c->stride[1];
  // out^T = b^T a^T, if that makes the rows of out contiguous, or turns a single column into a single row
  if (!packed && p.M > 1 && (p.N == 1 || (p.on != 1 && p.om == 1))) {
    std::swap(p.M, p.N), std::swap(p.om, p.on), std::swap(p.cm, p.cn);
    std::swap(p.am, p.bn), std::swap(p.ak, p.bk);
    p.swapped = true;
  }
  p.precision = precision;
  const bool rounded = precision != Precision::kF32;
  if (packed)
    p.path = GemmPlan::kPacked;
  else if (rounded)
    p.path = GemmPlan::kPack;
  else if (p.bn == 1 && (p.M <= kFewRows || p.K <= 8))
    p.path = GemmPlan::kDirect;
  else if (p.bk == 1 && p.ak == 1 && p.M <= 4)
    p.path = GemmPlan::kDot;
  else
    p.path = GemmPlan::kPack;
  const bool tiled = p.path == GemmPlan::kPack || p.path == GemmPlan::kPacked;
  // Rows of a at a distance of a multiple of a page map to few cache sets: their tiles are copied too.
  const bool collides = p.ak == 1 && p.am % 1024 == 0 && p.K >= 512 && p.N >= 32 * table.panel;
  p.pack_a = rounded || (tiled && (collides || (p.ak != 1 && p.K > 1 && p.N > 2 * table.panel)));
  if (p.pack_a) workspace.pack_a = (precision == Precision::kBf16x3 ? 2 : 1) * table.block_m * table.block_k;
  if (p.path == GemmPlan::kPack)
    workspace.shared = packed_size(std::min<int64_t>(p.K, table.block_k), p.N, precision, table.panel);
  workspace.parallel = p.M > 0 && p.N > 0 && worth_sharing(p.M * p.N / 4 * p.K);
  return p;
}

ReducePlan plan_reduce(const View& out, const View& in, const View* y, const View* c, ReducePlan::Fold fold,
                       Workspace& workspace) {
  ReducePlan p = {};
  p.fold = fold;
  fill(p.keep_shape, out.shape, out.rank);
  fill(p.out_stride, out.stride, out.rank);
  fill(p.in_stride, in.stride, out.rank);
  const int rank = in.rank - out.rank;
  fill(p.reduced_shape, in.shape + out.rank, rank);
  fill(p.reduced_stride, in.stride + out.rank, rank);
  std::vector<int64_t*> kept = {p.out_stride, p.in_stride}, reduced = {p.reduced_stride};
  if (y) {
    fill(p.y_stride, y->stride, out.rank), kept.push_back(p.y_stride);
    fill(p.y_reduced_stride, y->stride + out.rank, rank), reduced.push_back(p.y_reduced_stride);
  }
  if (c) fill(p.c_stride, c->stride, out.rank), kept.push_back(p.c_stride);
  p.keep = elements(out);
  p.keep_rank = collapse(out.rank, p.keep_shape, kept);
  p.reduced = 1;
  for (int d = 0; d < rank; d++) p.reduced *= p.reduced_shape[d];
  p.reduced_rank = collapse(rank, p.reduced_shape, reduced);
  p.chunk = p.reduced, p.chunks = 1;
  const int inner = p.keep_rank - 1;
  const bool rows = p.reduced_rank == 1 && p.reduced_stride[0] == 1 && (!y || p.y_reduced_stride[0] == 1) &&
                    p.reduced > 1;
  const bool columns = p.in_stride[inner] == 1 && (!y || p.y_stride[inner] == 1) && p.keep_shape[inner] > 1;
  p.path = rows ? ReducePlan::kRows : columns ? ReducePlan::kColumns : ReducePlan::kAny;
  if (p.reduced == 0 || p.keep == 0) p.path = ReducePlan::kAny;
  if (p.path != ReducePlan::kAny) {
    p.chunk = rows ? kChunk : kChunkRows;
    p.chunks = (p.reduced + p.chunk - 1) / p.chunk;
    workspace.shared = p.chunks * p.keep;  // partial results
    workspace.parallel = worth_sharing(p.keep * p.reduced / 2);
  } else {
    workspace.parallel = worth_sharing(p.keep * p.reduced);
  }
  return p;
}

GuardPlan plan_guard(const View& when) {
  GuardPlan p = {};
  fill(p.shape, when.shape, when.rank);
  fill(p.stride, when.stride, when.rank);
  p.rank = collapse(when.rank, p.shape, {p.stride});
  return p;
}

}  // namespace unroll
