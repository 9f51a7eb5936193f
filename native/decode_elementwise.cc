// Words -> the code of an elementwise call: every operand is an earlier register, every constant exists.
#include <algorithm>
#include <cmath>
#include <utility>

#include "decode_call.h"
#include "views.h"

namespace unroll {

namespace {

/**
 * Reads operation `k`; its operands are among `n_registers`. Unused operands repeat the first one, so that
 * reading them is safe.
 */
bool read_operation(WordReader& reader, const Constants& constants, int n_registers, EwOp& op, int64_t& imm) {
  const auto check = [&](bool condition, const char* what) {
    return require(reader, Kernel::kEw, condition, what);
  };
  op.fn = (Fn)reader.word(0, (int)Fn::kCount - 1, "elementwise function");
  int operands[3];
  for (int& r : operands) r = (int)reader.word();
  imm = reader.word(-1, (int64_t)constants.count - 1, "index of a constant");
  const bool random = op.fn == Fn::kUniform, constant = op.fn == Fn::kConst;
  if (!check((random || constant) == (imm >= 0), "a constant belongs to const and uniform alone"))
    return false;
  const int needed = arity(op.fn);
  for (int i = 0; i < 3; i++) {
    if (i < needed &&
        !check(operands[i] >= 0 && operands[i] < n_registers, "an operand is no earlier register"))
      return false;
    if (i >= needed) operands[i] = needed > 0 ? operands[0] : 0;
  }
  op.a = operands[0], op.b = operands[1], op.c = operands[2];
  if (!random) return true;
  const double stream = constants.values[imm];
  if (!check(stream >= 0 && stream < 4294967296.0 && std::floor(stream) == stream,
             "a stream is a 32-bit number"))
    return false;
  op.stream = (uint32_t)stream;
  return true;
}

}  // namespace

bool decode_elementwise(WordReader& reader, const Call& call, const Constants& constants, Program& program,
                        Instruction& instruction, Workspace& workspace) {
  const std::vector<View>&outs = call.outs, &ins = call.ins;
  const int n_ins = (int)ins.size();
  for (const auto* views : {&outs, &ins})
    for (const View& v : *views)
      if (!require(reader, call.kernel, same_shape(v, outs[0]), "all views must have one shape"))
        return false;
  const int n_ops = (int)reader.word(0, (int64_t)(reader.end() - reader.at()) / 5,
                                     "number of elementwise operations");
  std::vector<EwOp> code(n_ops);
  std::vector<float> padded;  // per operation kPadded equal floats
  for (int k = 0; k < n_ops && !reader.failed(); k++) {
    int64_t imm;
    if (!read_operation(reader, constants, n_ins + k, code[k], imm)) return false;
    if (code[k].fn != Fn::kConst) continue;
    padded.resize((size_t)n_ops * kPadded);
    std::fill_n(padded.begin() + k * kPadded, kPadded, (float)constants.values[imm]);
  }
  const int64_t n_outs = (int64_t)outs.size();
  std::vector<int> results(reader.word(n_outs, n_outs, "number of results"));
  for (int& r : results) r = (int)reader.word(0, n_ins + n_ops - 1, "result register");
  if (reader.failed()) return false;
  instruction.plan = (int)program.ews.size();
  program.ews.push_back(plan_ew(outs.data(), (int)outs.size(), ins.data(), n_ins, std::move(code),
                                std::move(results), std::move(padded), program.table->width, workspace));
  return true;
}

}  // namespace unroll
