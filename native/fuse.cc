// Shortens the code of an elementwise call without changing a bit of its results: an operation on a strip
// costs more in cache traffic than in arithmetic.
#include <algorithm>

#include "plan.h"
#include "views.h"

namespace unroll {

namespace {

/** Index of a function as the inner one of a pair; -1 if it cannot be paired. */
int inner_of(Fn fn) { return fn == Fn::kAdd ? 0 : fn == Fn::kSub ? 1 : fn == Fn::kMul ? 2 : -1; }
/** Index as the outer function; `left`: the inner result is its first operand. */
int outer_of(Fn fn, bool left) {
  if (fn == Fn::kSub) return left ? 1 : 2;
  return fn == Fn::kAdd ? 0 : fn == Fn::kMul ? 3 : -1;
}

std::vector<int> count_reads(const std::vector<EwOp>& code, const std::vector<int>& results, int n_ins) {
  std::vector<int> reads(n_ins + code.size(), 0);
  for (const EwOp& op : code) {
    const int operands[3] = {op.a, op.b, op.c};
    for (int i = 0; i < arity(op.fn); i++) reads[operands[i]]++;
  }
  for (const int result : results) reads[result]++;
  return reads;
}

/** Removes unread operations and their constants. */
void drop_unread(std::vector<EwOp>& code, std::vector<int>& results, std::vector<float>& constants,
                 int n_ins) {
  std::vector<int> reads = count_reads(code, results, n_ins), moved(n_ins + code.size());
  for (size_t k = code.size(); k-- > 0;) {
    if (reads[n_ins + k] > 0) continue;
    const int operands[3] = {code[k].a, code[k].b, code[k].c};
    for (int i = 0; i < arity(code[k].fn); i++) reads[operands[i]]--;
  }
  for (int i = 0; i < n_ins; i++) moved[i] = i;
  size_t kept = 0;
  for (size_t k = 0; k < code.size(); k++) {
    if (reads[n_ins + k] == 0) continue;
    EwOp op = code[k];
    const bool none = arity(op.fn) == 0;
    for (int* r : {&op.a, &op.b, &op.c}) *r = none ? 0 : moved[*r];
    if (!constants.empty() && kept != k)
      std::copy_n(constants.begin() + k * kPadded, kPadded, constants.begin() + kept * kPadded);
    moved[n_ins + k] = n_ins + (int)kept;
    code[kept++] = op;
  }
  code.resize(kept);
  for (int& result : results) result = moved[result];
}

}  // namespace

int take_guard(const View* outs, int n_outs, const View* ins, int n_ins, const std::vector<EwOp>& code,
               std::vector<int>& results) {
  int guard = -1;
  std::vector<int> chosen;
  for (int k = 0; k < n_outs; k++) {
    if (results[k] < n_ins) return -1;
    const EwOp& op = code[results[k] - n_ins];
    if (op.fn != Fn::kSelect || op.a >= n_ins || op.c >= n_ins || !same_view(ins[op.c], outs[k])) return -1;
    if (k > 0 && op.a != guard) return -1;
    guard = op.a;
    chosen.push_back(op.b);
  }
  const View& condition = ins[guard];
  if (!std::all_of(condition.stride, condition.stride + condition.rank, [](auto s) { return s == 0; }))
    return -1;
  results = chosen;
  return guard;
}

void fuse(std::vector<EwOp>& code, std::vector<int>& results, std::vector<float>& constants, int n_ins) {
  const std::vector<int> reads = count_reads(code, results, n_ins);
  for (EwOp& op : code) {
    for (const bool left : {true, false}) {
      const int r = left ? op.a : op.b, outer = outer_of(op.fn, left);
      if (outer < 0 || r < n_ins || reads[r] != 1) continue;
      const EwOp& first = code[r - n_ins];
      const int inner = inner_of(first.fn);
      if (inner < 0) continue;
      op = {pair_of(inner, outer), first.a, first.b, left ? op.b : op.a, op.slot, op.stream};
      break;
    }
  }
  drop_unread(code, results, constants, n_ins);
}

}  // namespace unroll
