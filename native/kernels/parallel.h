// The parallel loop of all kernels. Neither the part nor the thread that computes a value may change its
// bits.
#pragma once
#include "kernels.h"

namespace unroll::UNROLL_ISA {

/** Calls f(part) for parts that partition 0..units-1, in parallel on the threads of the team. */
template <class F>
static inline void parallel_for(const Team& team, int64_t units, const F& f) {
  if (team.threads == 1 || units < 2) return f(Part{0, units, 0});
  run_parallel(
      team, units, [](void* context, const Part& part) { (*static_cast<const F*>(context))(part); },
      const_cast<F*>(&f));
}

}  // namespace unroll::UNROLL_ISA
