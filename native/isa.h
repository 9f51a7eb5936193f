// Which instruction sets this processor runs.
#pragma once
#include "kernels/kernels.h"

namespace unroll {

/** Tables of all instruction sets that run here, fastest first, ended by null. */
const KernelTable* const* supported_isas();
/** The one to use. */
const KernelTable* best_isa();
/** By name; null when unknown or not supported. */
const KernelTable* find_isa(const char* name);

}  // namespace unroll
