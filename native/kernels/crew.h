// The one way in which kernels share out work. Which part computes a value, and on which thread, never
// changes the value.
#pragma once
#include "kernels.h"

namespace unroll::UNROLL_ISA {

/** Calls f(part) for parts that together are 0..units-1, at the same time where the crew has threads. */
template <class F>
static inline void spread(const Crew& crew, int64_t units, const F& f) {
  if (crew.threads == 1 || units < 2) return f(Part{0, units, 0});
  crew_run(
      crew, units, [](void* context, const Part& part) { (*static_cast<const F*>(context))(part); },
      const_cast<F*>(&f));
}

}  // namespace unroll::UNROLL_ISA
