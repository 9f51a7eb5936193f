// Words (encode.ts) -> Program. Validates the program completely: a program accepted here runs without
// further checks. Here loops, guards and views; decode_call.cc checks the shapes of a call,
// decode_elementwise.cc its code.
#include <algorithm>

#include "decode_call.h"
#include "plan.h"
#include "program.h"
#include "views.h"
#include "word_reader.h"

namespace unroll {

namespace {

class Decoder {
 public:
  Decoder(const int32_t* words, size_t count, const Constants& constants, Program& program)
      : reader_(words, count), constants_(constants), program_(program) {}

  bool decode() { return body(reader_.end()); }
  const std::string& error() const { return reader_.error(); }

 private:
  bool fail(const std::string& what) { return reader_.fail(what); }
  bool failed() const { return reader_.failed(); }
  bool require(bool condition, const char* what) {
    return unroll::require(reader_, call_.kernel, condition, what);
  }
  int64_t word() { return reader_.word(); }
  int64_t word(int64_t low, int64_t high, const char* what) { return reader_.word(low, high, what); }

  bool body(size_t end) {
    while (reader_.at() < end) {
      const size_t start = reader_.at();
      reader_.set_end(end);
      const Kernel kernel = (Kernel)word(0, (int)Kernel::kCount - 1, "kernel number");
      const int64_t length = word(2, (int64_t)(end - start), "length of an instruction");
      if (failed()) return false;
      reader_.set_end(start + (size_t)length);
      const bool ok = kernel == Kernel::kLoop    ? loop()
                      : kernel == Kernel::kGuard ? guard()
                                                 : call(kernel);
      if (!ok) return false;
      if (reader_.at() != start + (size_t)length) return fail("an instruction is longer than its contents");
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
    const size_t index = program_.code.size(), end = reader_.end();
    program_.code.push_back(instruction);
    counts_.push_back(instruction.count);
    if (!body(end)) return false;
    counts_.pop_back();
    program_.code[index].next = (int)program_.code.size();
    return true;
  }

  bool guard() {
    const size_t end = reader_.end();
    const View when = view();
    const int64_t left = (int64_t)(end - std::min(reader_.at(), end)) - 1;
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
    if (!body(reader_.at() + (size_t)length)) return false;
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

  bool call(Kernel kernel) {
    const Signature& known = signature(kernel);
    const int64_t left = (int64_t)(reader_.end() - reader_.at());
    const int n_outs = (int)word(1, known.outs < 0 ? left : known.outs, "number of outputs");
    const int n_ins = (int)word(known.min_ins, known.max_ins < 0 ? left : known.max_ins, "number of inputs");
    const bool product = kernel == Kernel::kGemm, pack = kernel == Kernel::kPack;
    const int64_t form = word(0, product || pack ? 2 * (int64_t)Precision::kCount - 1 : 0, "packed flag");
    call_.kernel = kernel, call_.packed = form % 2 != 0, call_.precision = (Precision)(form / 2);
    if (call_.packed && pack) return fail("the packed flag belongs to a product");
    call_.outs.clear(), call_.ins.clear();
    for (int i = 0; i < n_outs && !failed(); i++) call_.outs.push_back(view());
    for (int i = 0; i < n_ins && !failed(); i++) call_.ins.push_back(view());
    if (failed() || !check_reach()) return false;

    Instruction instruction = {};
    instruction.kernel = kernel;
    instruction.views = n_outs + n_ins;
    Workspace workspace;
    const bool ok =
        kernel == Kernel::kEw
            ? decode_elementwise(reader_, call_, constants_, program_, instruction, workspace)
            : no_code() && plan_call(reader_, call_, program_, instruction, workspace);
    if (!ok || failed()) return false;
    instruction.parallel = workspace.parallel;
    program_.parallel |= workspace.parallel;
    program_.pack_a = std::max(program_.pack_a, workspace.pack_a);
    program_.shared = std::max(program_.shared, workspace.shared);
    program_.per_thread = std::max(program_.per_thread, workspace.per_thread);
    program_.max_views = std::max(program_.max_views, instruction.views);
    instruction.address = program_.addresses.size();
    for (const auto* views : {&call_.outs, &call_.ins})
      for (const View& v : *views) address(v);
    program_.code.push_back(instruction);
    return true;
  }

  /** Checks that every view is inside the arena in every iteration; packed panels by their packed size. */
  bool check_reach() {
    const auto& [kernel, packed, precision, outs, ins] = call_;
    for (size_t i = 0; i < outs.size() + ins.size(); i++) {
      const bool out = i < outs.size();
      const View& v = out ? outs[i] : ins[i - outs.size()];
      if (out && kernel == Kernel::kPack) {
        if (!require(ins[0].rank == 2, "b must have two dimensions") || !panels_inside(v, ins[0]))
          return false;
      } else if (packed && i == 2) {
        if (!require(v.rank == 2, "b must have two dimensions") || !panels_inside(v, v)) return false;
      } else {
        if (!inside(v, counts_, program_.size)) return fail("a view leaves the arena");
        if (out && !injective(v)) return fail("an output overlaps itself");
      }
    }
    return true;
  }

  /** Checks the largest packed layout of all instruction sets: validity must not depend on the machine. */
  bool panels_inside(const View& start, const View& b) {
    const int64_t size = packed_size(b.shape[0], b.shape[1], call_.precision, 64);
    return block_inside(start, size, counts_, program_.size) ||
           fail("the panels of a packed operand leave the arena");
  }

  bool no_code() {
    word(0, 0, "number of elementwise operations");
    word(0, 0, "number of elementwise results");
    return !failed();
  }

  WordReader reader_;
  Constants constants_;
  Program& program_;
  std::vector<int64_t> counts_;  // iterations of the enclosing loops
  int guards_ = 0;               // number of enclosing guards
  Call call_;                    // the current one
};

}  // namespace

std::unique_ptr<Program> decode(const int32_t* words, size_t count, const double* consts, size_t n_consts,
                                int64_t size, const KernelTable& table, std::string& error) {
  auto program = std::make_unique<Program>();
  program->table = &table;
  program->size = size;
  Decoder decoder(words, count, {consts, n_consts}, *program);
  if (decoder.decode()) return program;
  error = decoder.error();
  return nullptr;
}

}  // namespace unroll
