// The instruction sets that this processor supports.
#pragma once
#include "kernels/kernels.h"

namespace unroll {

/** Tables of all supported instruction sets, fastest first, terminated by null. */
const KernelTable* const* supported_isas();
/** The default: the fastest. */
const KernelTable* best_isa();
/** The table of a name; null if it is unknown or not supported. */
const KernelTable* find_isa(const char* name);

}  // namespace unroll
