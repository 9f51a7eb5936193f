// Words (encode.ts) -> Program. Validates the program completely: a program accepted here runs without
// further checks.
#include <algorithm>
#include <cmath>

#include "plan.h"
#include "program.h"
#include "views.h"

namespace unroll {

namespace {

struct Shape {
  const char* name;
  int outs, min_ins, max_ins;
};
/** Numbers of views by Kernel; -1: any number of inputs, at least one output. */
constexpr Shape kShapes[] = {{"loop", 0, 0, 0},     {"ew", -1, 0, -1},       {"gemm", 1, 2, 3},
                             {"pack", 1, 1, 1},     {"sum", 1, 1, 2},        {"max", 1, 1, 1},
                             {"softmax", 1, 1, 1},  {"logSoftmax", 1, 1, 1}, {"xent", 1, 2, 2},
                             {"xentGrad", 1, 3, 3}, {"gather", 1, 2, 3},     {"scatterAdd", 1, 2, 2},
                             {"oneHot", 1, 1, 1},   {"dot", 1, 2, 3},       {"guard", 0, 0, 0}};
static_assert(sizeof(kShapes) / sizeof(kShapes[0]) == (size_t)Kernel::kCount);

class Decoder {
 public:
  Decoder(const int32_t* words, size_t count, const double* consts, size_t n_consts, const KernelTable& table,
          Program& program)
      : words_(words),
        count_(count),
        consts_(consts),
        n_consts_(n_consts),
        table_(table),
        program_(program) {}

  bool decode() { return body(count_); }
  const std::string& error() const { return error_; }

 private:
  bool fail(const std::string& what) {
    if (error_.empty()) error_ = what + " (near word " + std::to_string(at_) + ")";
    return false;
  }
  bool failed() const { return !error_.empty(); }
  bool require(bool condition, const char* what) {
    return condition || fail(std::string(kShapes[(int)kernel_].name) + ": " + what);
  }

  int64_t word() {
    if (at_ < end_) return words_[at_++];
    fail("the program ends inside an instruction");
    return 0;
  }
  int64_t word(int64_t low, int64_t high, const char* what) {
    const int64_t value = word();
    if (!failed() && (value < low || value > high))
      fail(std::string(what) + " is " + std::to_string(value) + ", outside " + std::to_string(low) + ".." +
           std::to_string(high));
    return failed() ? low : value;
  }

  bool body(size_t end) {
    while (at_ < end) {
      const size_t start = at_;
      end_ = end;
      kernel_ = (Kernel)word(0, (int)Kernel::kCount - 1, "kernel number");
      const int64_t length = word(2, (int64_t)(end - start), "length of an instruction");
      if (failed()) return false;
      end_ = start + (size_t)length;
      const bool ok = kernel_ == Kernel::kLoop ? loop() : kernel_ == Kernel::kGuard ? guard() : call();
      if (!ok) return false;
      if (at_ != start + (size_t)length) return fail("an instruction is longer than its contents");
    }
    return true;
  }

  bool loop() {
    Instruction instruction = {};
    instruction.kernel = Kernel::kLoop;
    instruction.count = word(0, INT32_MAX, "loop count");
    instruction.reverse = word(0, 1, "loop direction") != 0;
    if (failed()) return false;
    if (counts_.size() == kMaxDepth) return fail("loops are nested deeper than " + std::to_string(kMaxDepth));
    const size_t index = program_.code.size(), end = end_;
    program_.code.push_back(instruction);
    counts_.push_back(instruction.count);
    if (!body(end)) return false;
    counts_.pop_back();
    program_.code[index].next = (int)program_.code.size();
    return true;
  }

  bool guard() {
    const size_t end = end_;
    const View when = view();
    const int64_t left = (int64_t)(end - std::min(at_, end)) - 1;
    const int64_t length = word(0, std::max<int64_t>(left, 0), "length of a guarded body");
    if (failed()) return false;
    if (!inside(when, counts_, program_.size)) return fail("a view leaves the arena");
    if (guards_ == kMaxGuards) return fail("guards are nested deeper than " + std::to_string(kMaxGuards));
    const size_t index = program_.code.size();
    Instruction instruction = {};
    instruction.kernel = Kernel::kGuard;
    instruction.plan = (int)program_.guards.size();
    program_.guards.push_back(plan_guard(when));
    instruction.address = address(when);
    program_.code.push_back(instruction);
    guards_++;
    if (!body(at_ + (size_t)length)) return false;
    program_.code[index].otherwise = (int)program_.code.size();
    if (!body(end)) return false;
    guards_--;
    program_.code[index].next = (int)program_.code.size();
    return true;
  }

  /** Appends the offset of a view and its stride per loop; returns the position in `addresses`. */
  size_t address(const View& v) {
    const size_t at = program_.addresses.size();
    program_.addresses.push_back(v.offset);
    program_.addresses.insert(program_.addresses.end(), v.loop, v.loop + counts_.size());
    return at;
  }

  View view() {
    View v;
    v.offset = word(0, program_.size, "offset");
    v.rank = (int)word(0, kMaxRank, "rank");
    for (int d = 0; d < v.rank; d++) v.shape[d] = word(0, INT32_MAX, "dimension");
    for (int d = 0; d < v.rank; d++) v.stride[d] = word();
    const int64_t depth = word(0, kMaxDepth, "loop depth of a view");
    for (int64_t d = 0; d < depth; d++) {
      v.loop[d] = word();
      if (d >= (int64_t)counts_.size() && v.loop[d] != 0)
        fail("a view moves with a loop that does not enclose it");
    }
    if (!failed() && elements(v) < 0) fail("a view has more than 2^40 elements");
    return v;
  }

  bool call() {
    const Shape& shape = kShapes[(int)kernel_];
    const int64_t left = (int64_t)(end_ - at_);
    const int n_outs = (int)word(1, shape.outs < 0 ? left : shape.outs, "number of outputs");
    const int n_ins = (int)word(shape.min_ins, shape.max_ins < 0 ? left : shape.max_ins, "number of inputs");
    const bool product = kernel_ == Kernel::kGemm, pack = kernel_ == Kernel::kPack;
    const int64_t form = word(0, product || pack ? 2 * (int64_t)Precision::kCount - 1 : 0, "packed flag");
    packed_ = form % 2 != 0, precision_ = (Precision)(form / 2);
    if (packed_ && pack) return fail("the packed flag belongs to a product");
    outs_.clear(), ins_.clear();
    for (int i = 0; i < n_outs && !failed(); i++) outs_.push_back(view());
    for (int i = 0; i < n_ins && !failed(); i++) ins_.push_back(view());
    if (failed() || !check_reach()) return false;

    Instruction instruction = {};
    instruction.kernel = kernel_;
    instruction.views = n_outs + n_ins;
    Workspace workspace;
    const bool ok =
        kernel_ == Kernel::kEw ? ew(instruction, workspace) : no_code() && fixed(instruction, workspace);
    if (!ok || failed()) return false;
    instruction.parallel = workspace.parallel;
    program_.parallel |= workspace.parallel;
    program_.pack_a = std::max(program_.pack_a, workspace.pack_a);
    program_.shared = std::max(program_.shared, workspace.shared);
    program_.per_thread = std::max(program_.per_thread, workspace.per_thread);
    program_.max_views = std::max(program_.max_views, instruction.views);
    instruction.address = program_.addresses.size();
    for (const auto* views : {&outs_, &ins_})
      for (const View& v : *views) address(v);
    program_.code.push_back(instruction);
    return true;
  }

  /** Checks that every view is inside the arena in every iteration; packed panels by their packed size. */
  bool check_reach() {
    for (size_t i = 0; i < outs_.size() + ins_.size(); i++) {
      const bool out = i < outs_.size();
      const View& v = out ? outs_[i] : ins_[i - outs_.size()];
      if (out && kernel_ == Kernel::kPack) {
        if (!require(ins_[0].rank == 2, "b must have two dimensions") || !panels_inside(v, ins_[0]))
          return false;
      } else if (packed_ && i == 2) {
        if (!require(v.rank == 2, "b must have two dimensions") || !panels_inside(v, v)) return false;
      } else {
        if (!inside(v, counts_, program_.size)) return fail("a view leaves the arena");
        if (out && !injective(v)) return fail("an output overlaps itself");
      }
    }
    return true;
  }

  /** Checks the largest packed layout of all instruction sets, so that validity does not depend on the
   * machine. */
  bool panels_inside(const View& start, const View& b) {
    return block_inside(start, packed_size(b.shape[0], b.shape[1], precision_, 64), counts_, program_.size) ||
           fail("the panels of a packed operand leave the arena");
  }

  bool no_code() {
    word(0, 0, "number of elementwise operations");
    word(0, 0, "number of elementwise results");
    return !failed();
  }

  bool ew(Instruction& instruction, Workspace& workspace) {
    const int n_ins = (int)ins_.size();
    for (const auto* views : {&outs_, &ins_})
      for (const View& v : *views)
        if (!require(same_shape(v, outs_[0]), "all views must have one shape")) return false;
    const int n_ops = (int)word(0, (int64_t)(end_ - at_) / 5, "number of elementwise operations");
    std::vector<EwOp> code(n_ops);
    std::vector<float> constants;
    for (int k = 0; k < n_ops && !failed(); k++) {
      EwOp& op = code[k];
      op.fn = (Fn)word(0, (int)Fn::kCount - 1, "elementwise function");
      int operands[3];
      for (int& r : operands) r = (int)word();
      const int64_t imm = word(-1, (int64_t)n_consts_ - 1, "index of a constant");
      const bool random = op.fn == Fn::kUniform, constant = op.fn == Fn::kConst;
      if (!require((random || constant) == (imm >= 0), "a constant belongs to const and uniform alone"))
        return false;
      const int needed = arity(op.fn);
      for (int i = 0; i < 3; i++) {  // unused operands repeat the first one, so that reading them is safe
        if (i < needed &&
            !require(operands[i] >= 0 && operands[i] < n_ins + k, "an operand is no earlier register"))
          return false;
        if (i >= needed) operands[i] = needed > 0 ? operands[0] : 0;
      }
      op.a = operands[0], op.b = operands[1], op.c = operands[2];
      if (random) {
        const double stream = consts_[imm];
        if (!require(stream >= 0 && stream < 4294967296.0 && std::floor(stream) == stream,
                     "a stream is a 32-bit number"))
          return false;
        op.stream = (uint32_t)stream;
      }
      if (constant) {
        constants.resize((size_t)n_ops * kPadded);
        std::fill_n(constants.begin() + k * kPadded, kPadded, (float)consts_[imm]);
      }
    }
    std::vector<int> results(word((int64_t)outs_.size(), (int64_t)outs_.size(), "number of results"));
    for (int& r : results) r = (int)word(0, n_ins + n_ops - 1, "result register");
    if (failed()) return false;
    instruction.plan = (int)program_.ews.size();
    program_.ews.push_back(plan_ew(outs_.data(), (int)outs_.size(), ins_.data(), n_ins, std::move(code),
                                   std::move(results), std::move(constants), table_.width, workspace));
    return true;
  }

  bool ranks(int out, std::initializer_list<int> ins) {
    bool ok = outs_[0].rank == out;
    for (size_t i = 0; i < ins_.size(); i++) ok &= ins_[i].rank == *(ins.begin() + i);
    return require(ok, "a view has the wrong number of dimensions");
  }
  bool fits(bool condition) { return require(condition, "shapes do not fit together"); }

  bool fixed(Instruction& instruction, Workspace& workspace) {
    const View &out = outs_[0], &x = ins_[0];
    const auto dim = [&](size_t i, int d) { return ins_[i].shape[d]; };
    switch (kernel_) {
      case Kernel::kGemm: {
        if (!ranks(2, {2, 2, 2})) return false;
        const bool c = ins_.size() == 3;
        if (!fits(x.shape[0] == out.shape[0] && x.shape[1] == dim(1, 0) && dim(1, 1) == out.shape[1] &&
                  (!c || same_shape(ins_[2], out))))
          return false;
        instruction.plan = (int)program_.gemms.size();
        program_.gemms.push_back(
            plan_gemm(out, x, ins_[1], c ? &ins_[2] : nullptr, packed_, precision_, table_, workspace));
        return true;
      }
      case Kernel::kPack: {
        GemmPlan p = {};
        p.K = x.shape[0], p.N = x.shape[1], p.bk = x.stride[0], p.bn = x.stride[1], p.precision = precision_;
        instruction.plan = (int)program_.gemms.size();
        workspace.parallel = worth_sharing(p.K * p.N);
        program_.gemms.push_back(p);
        return true;
      }
      case Kernel::kSum:
      case Kernel::kMax:
      case Kernel::kDot: {
        const bool dot = kernel_ == Kernel::kDot;
        const View* y = dot ? &ins_[1] : nullptr;
        const View* c = ins_.size() > (dot ? 2 : 1) ? &ins_.back() : nullptr;
        if (!fits(x.rank >= out.rank && std::equal(out.shape, out.shape + out.rank, x.shape) &&
                  (!y || same_shape(*y, x)) && (!c || same_shape(*c, out))))
          return false;
        instruction.plan = (int)program_.reduces.size();
        const auto fold = dot                          ? ReducePlan::kDot
                          : kernel_ == Kernel::kMax ? ReducePlan::kMaximum
                                                      : ReducePlan::kSum;
        program_.reduces.push_back(plan_reduce(out, x, y, c, fold, workspace));
        return true;
      }
      case Kernel::kSoftmax:
      case Kernel::kLogSoftmax:
        return ranks(2, {2}) && fits(same_shape(out, x)) && rows(instruction, workspace, out.stride[1], 0, 0);
      case Kernel::kXent:
        return ranks(1, {2, 1}) && fits(dim(0, 0) == out.shape[0] && dim(1, 0) == out.shape[0]) &&
               rows(instruction, workspace, 0, ins_[1].stride[0], 0);
      case Kernel::kXentGrad:
        return ranks(2, {2, 1, 1}) &&
               fits(same_shape(out, x) && dim(1, 0) == out.shape[0] && dim(2, 0) == out.shape[0]) &&
               rows(instruction, workspace, out.stride[1], ins_[1].stride[0], ins_[2].stride[0]);
      case Kernel::kGather:
        return ranks(2, {2, 1, 2}) &&
               fits(dim(1, 0) == out.shape[0] && dim(0, 1) == out.shape[1] &&
                    (ins_.size() < 3 || same_shape(ins_[2], out))) &&
               lookup(instruction, workspace, out.shape[0], x.shape[0], x, ins_[1],
                      ins_.size() < 3 ? nullptr : &ins_[2]);
      case Kernel::kScatterAdd:
        return ranks(2, {2, 1}) && fits(dim(1, 0) == x.shape[0] && dim(0, 1) == out.shape[1]) &&
               lookup(instruction, workspace, x.shape[0], out.shape[0], x, ins_[1]);
      default:  // oneHot
        return ranks(2, {1}) && fits(dim(0, 0) == out.shape[0]) &&
               lookup(instruction, workspace, out.shape[0], out.shape[1], View(), x);
    }
  }

  bool rows(Instruction& instruction, Workspace& workspace, int64_t ov, int64_t ids, int64_t g) {
    const View &out = outs_[0], &x = ins_[0];
    instruction.plan = (int)program_.rows.size();
    program_.rows.push_back({x.shape[0], x.shape[1], out.stride[0], ov, x.stride[0], x.stride[1], ids, g});
    const bool copies = x.stride[1] != 1 || (ov != 1 && ov != 0) || (ov == 0 && out.rank == 2);
    if (copies) workspace.per_thread = x.shape[1] + 2 * kPadded;
    if (copies && x.shape[1] > (int64_t{1} << 31)) return fail("a row is too long");
    workspace.parallel = worth_sharing(x.shape[0] * x.shape[1] * 4);
    return true;
  }

  bool lookup(Instruction& instruction, Workspace& workspace, int64_t M, int64_t V, const View& in,
              const View& ids, const View* c = nullptr) {
    const View& out = outs_[0];
    instruction.plan = (int)program_.lookups.size();
    program_.lookups.push_back(
        {M, V, out.shape[1], out.stride[0], out.stride[1], in.stride[0], in.stride[1], ids.stride[0],
         c ? c->stride[0] : 0, c ? c->stride[1] : 0});
    workspace.parallel = worth_sharing(M * out.shape[1] / 2);
    return true;
  }

  const int32_t* words_;
  size_t count_, at_ = 0, end_ = 0;
  const double* consts_;
  size_t n_consts_;
  const KernelTable& table_;
  Program& program_;
  std::vector<int64_t> counts_;  // iterations of the enclosing loops
  int guards_ = 0;               // number of enclosing guards
  std::string error_;
  Kernel kernel_ = Kernel::kLoop;
  bool packed_ = false;
  Precision precision_ = Precision::kF32;
  std::vector<View> outs_, ins_;
};

}  // namespace

std::unique_ptr<Program> decode(const int32_t* words, size_t count, const double* consts, size_t n_consts,
                                int64_t size, const KernelTable& table, std::string& error) {
  auto program = std::make_unique<Program>();
  program->table = &table;
  program->size = size;
  Decoder decoder(words, count, consts, n_consts, table, *program);
  if (decoder.decode()) return program;
  error = decoder.error();
  return nullptr;
}

}  // namespace unroll
