// One kernel call of an encoded program: its views, then the checks and the plan of its kernel.
#pragma once
#include <vector>

#include "plan.h"
#include "program.h"
#include "word_reader.h"

namespace unroll {

/** The views of a call, inside the arena, before the kernel has checked their shapes. */
struct Call {
  Kernel kernel = Kernel::kLoop;
  bool packed = false;
  Precision precision = Precision::kF32;
  std::vector<View> outs, ins;
};

/** Name and numbers of views of a kernel; -1: any number of inputs, at least one output. */
struct Signature {
  const char* name;
  int outs, min_ins, max_ins;
};
const Signature& signature(Kernel kernel);

/** The constants of an encoded program. */
struct Constants {
  const double* values;
  size_t count;
};

/** Fails with the kernel's name before `what` unless the condition holds. */
bool require(WordReader& reader, Kernel kernel, bool condition, const char* what);

/**
 * Reads and checks the code of an elementwise call and adds its plan to the program. On false the reader has
 * the error.
 */
bool decode_elementwise(WordReader& reader, const Call& call, const Constants& constants, Program& program,
                        Instruction& instruction, Workspace& workspace);

/** Checks the shapes of a call without code and adds its plan. On false the reader has the error. */
bool plan_call(WordReader& reader, const Call& call, Program& program, Instruction& instruction,
               Workspace& workspace);

}  // namespace unroll
