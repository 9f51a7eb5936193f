// Checked views of a kernel call -> its plan: the shapes fit together and are what the kernel takes.
#include "decode_call.h"

#include <algorithm>
#include <initializer_list>

#include "views.h"

namespace unroll {

namespace {

constexpr Signature kSignatures[] = {
    {"loop", 0, 0, 0},     {"ew", -1, 0, -1},       {"gemm", 1, 2, 3},
    {"pack", 1, 1, 1},     {"sum", 1, 1, 2},        {"max", 1, 1, 1},
    {"softmax", 1, 1, 1},  {"logSoftmax", 1, 1, 1}, {"crossEntropy", 1, 2, 2}, {"crossEntropyGrad", 1, 3, 3},
    {"gather", 1, 2, 3},   {"scatterAdd", 1, 2, 2},
    {"oneHot", 1, 1, 1},   {"dot", 1, 2, 3},        {"guard", 0, 0, 0},
};
static_assert(sizeof(kSignatures) / sizeof(kSignatures[0]) == (size_t)Kernel::kCount);

struct CallPlanner {
  WordReader& reader;
  const Call& call;
  Program& program;
  Instruction& instruction;
  Workspace& workspace;
  const std::vector<View>&outs = call.outs, &ins = call.ins;

  bool ranks(int out, std::initializer_list<int> of_ins) {
    bool ok = outs[0].rank == out;
    for (size_t i = 0; i < ins.size(); i++) ok &= ins[i].rank == *(of_ins.begin() + i);
    return require(reader, call.kernel, ok, "a view has the wrong number of dimensions");
  }
  bool fits(bool condition) {
    return require(reader, call.kernel, condition, "shapes do not fit together");
  }

  bool plan() {
    const View &out = outs[0], &x = ins[0];
    const auto dim = [&](size_t i, int d) { return ins[i].shape[d]; };
    switch (call.kernel) {
      case Kernel::kGemm: {
        if (!ranks(2, {2, 2, 2})) return false;
        const bool c = ins.size() == 3;
        if (!fits(x.shape[0] == out.shape[0] && x.shape[1] == dim(1, 0) && dim(1, 1) == out.shape[1] &&
                  (!c || same_shape(ins[2], out))))
          return false;
        instruction.plan = (int)program.gemms.size();
        program.gemms.push_back(plan_gemm(out, x, ins[1], c ? &ins[2] : nullptr, call.packed, call.precision,
                                          *program.table, workspace));
        return true;
      }
      case Kernel::kPack: {
        GemmPlan p = {};
        p.K = x.shape[0], p.N = x.shape[1], p.bk = x.stride[0], p.bn = x.stride[1];
        p.precision = call.precision;
        instruction.plan = (int)program.gemms.size();
        workspace.parallel = worth_sharing(p.K * p.N);
        program.gemms.push_back(p);
        return true;
      }
      case Kernel::kSum:
      case Kernel::kMax:
      case Kernel::kDot: {
        const bool dot = call.kernel == Kernel::kDot;
        const View* y = dot ? &ins[1] : nullptr;
        const View* c = ins.size() > (dot ? 2 : 1) ? &ins.back() : nullptr;
        if (!fits(x.rank >= out.rank && std::equal(out.shape, out.shape + out.rank, x.shape) &&
                  (!y || same_shape(*y, x)) && (!c || same_shape(*c, out))))
          return false;
        instruction.plan = (int)program.reduces.size();
        const auto fold = dot                           ? ReducePlan::kDot
                          : call.kernel == Kernel::kMax ? ReducePlan::kMaximum
                                                        : ReducePlan::kSum;
        program.reduces.push_back(plan_reduce(out, x, y, c, fold, workspace));
        return true;
      }
      case Kernel::kSoftmax:
      case Kernel::kLogSoftmax:
        return ranks(2, {2}) && fits(same_shape(out, x)) && rows(out.stride[1], 0, 0);
      case Kernel::kXent:
        return ranks(1, {2, 1}) && fits(dim(0, 0) == out.shape[0] && dim(1, 0) == out.shape[0]) &&
               rows(0, ins[1].stride[0], 0);
      case Kernel::kXentGrad:
        return ranks(2, {2, 1, 1}) &&
               fits(same_shape(out, x) && dim(1, 0) == out.shape[0] && dim(2, 0) == out.shape[0]) &&
               rows(out.stride[1], ins[1].stride[0], ins[2].stride[0]);
      case Kernel::kGather:
        return ranks(2, {2, 1, 2}) &&
               fits(dim(1, 0) == out.shape[0] && dim(0, 1) == out.shape[1] &&
                    (ins.size() < 3 || same_shape(ins[2], out))) &&
               lookup(out.shape[0], x.shape[0], x, ins[1], ins.size() < 3 ? nullptr : &ins[2]);
      case Kernel::kScatterAdd:
        return ranks(2, {2, 1}) && fits(dim(1, 0) == x.shape[0] && dim(0, 1) == out.shape[1]) &&
               lookup(x.shape[0], out.shape[0], x, ins[1]);
      default:  // oneHot
        return ranks(2, {1}) && fits(dim(0, 0) == out.shape[0]) &&
               lookup(out.shape[0], out.shape[1], View(), x);
    }
  }

  bool rows(int64_t ov, int64_t ids, int64_t g) {
    const View &out = outs[0], &x = ins[0];
    instruction.plan = (int)program.rows.size();
    program.rows.push_back({x.shape[0], x.shape[1], out.stride[0], ov, x.stride[0], x.stride[1], ids, g});
    const bool copies = x.stride[1] != 1 || (ov != 1 && ov != 0) || (ov == 0 && out.rank == 2);
    if (copies) workspace.per_thread = x.shape[1] + 2 * kPadded;
    if (copies && x.shape[1] > (int64_t{1} << 31)) return reader.fail("a row is too long");
    workspace.parallel = worth_sharing(x.shape[0] * x.shape[1] * 4);
    return true;
  }

  bool lookup(int64_t M, int64_t V, const View& in, const View& ids, const View* c = nullptr) {
    const View& out = outs[0];
    instruction.plan = (int)program.lookups.size();
    program.lookups.push_back({M, V, out.shape[1], out.stride[0], out.stride[1], in.stride[0], in.stride[1],
                               ids.stride[0], c ? c->stride[0] : 0, c ? c->stride[1] : 0});
    workspace.parallel = worth_sharing(M * out.shape[1] / 2);
    return true;
  }
};

}  // namespace

const Signature& signature(Kernel kernel) { return kSignatures[(int)kernel]; }

bool require(WordReader& reader, Kernel kernel, bool condition, const char* what) {
  return condition || reader.fail(std::string(signature(kernel).name) + ": " + what);
}

bool plan_call(WordReader& reader, const Call& call, Program& program, Instruction& instruction,
               Workspace& workspace) {
  return CallPlanner{reader, call, program, instruction, workspace}.plan();
}

}  // namespace unroll
