// gather, scatter_add and one_hot. A negative id names no row; one that is too large gives NaN (scatter_add
// skips it).
#include "lookup.h"

#include "kernels.h"
#include "parallel.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {

constexpr int64_t kLargeTable = 1 << 16;  // elements from which on clearing in parallel pays

/** c: null, or rows to add. */
void gather(float* out, const float* table, const float* ids, const float* c, const LookupPlan& p,
            const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    for (int64_t m = mine.first; m < mine.last; m++) {
      const int64_t id = row_of(ids[m * p.ids], p.V);
      float* to = out + m * p.om;
      const float* base = c ? c + m * p.cm : nullptr;
      if (id < 0) {
        const float none = id == kNoRow ? 0.f : __builtin_nanf("");
        for (int64_t e = 0; e < p.E; e++) to[e * p.oe] = base ? base[e * p.ce] + none : none;
        continue;
      }
      const float* from = table + id * p.im;
      int64_t e = 0;
      if (p.oe == 1 && p.ie == 1) {
        if (!base)
          for (; e + W <= p.E; e += W) store(to + e, load(from + e));
        else if (p.ce == 1)
          for (; e + W <= p.E; e += W) store(to + e, load(base + e) + load(from + e));
      }
      for (; e < p.E; e++) to[e * p.oe] = base ? base[e * p.ce] + from[e * p.ie] : from[e * p.ie];
    }
  });
}

/** Clears the table; then every thread adds all rows, in order of M, for its own columns. */
void scatter_add(float* out, const float* rows, const float* ids, const LookupPlan& p, const Team& team) {
  parallel_for(p.V * p.E < kLargeTable ? Team{1, nullptr} : team, p.V, [&](const Part& mine) {
    for (int64_t v = mine.first; v < mine.last; v++) {
      float* row = out + v * p.om;
      int64_t e = 0;
      if (p.oe == 1)
        for (; e + W <= p.E; e += W) store(row + e, vf{});
      for (; e < p.E; e++) row[e * p.oe] = 0.f;
    }
  });
  parallel_for(team, p.E, [&](const Part& mine) {
    for (int64_t m = 0; m < p.M; m++) {
      const int64_t id = row_of(ids[m * p.ids], p.V);
      if (id < 0) continue;
      float* to = out + id * p.om;
      const float* from = rows + m * p.im;
      int64_t e = mine.first;
      if (p.oe == 1 && p.ie == 1)
        for (; e + W <= mine.last; e += W) store(to + e, load(to + e) + load(from + e));
      for (; e < mine.last; e++) to[e * p.oe] += from[e * p.ie];
    }
  });
}

void one_hot(float* out, const float* ids, const LookupPlan& p, const Team& team) {
  parallel_for(team, p.M, [&](const Part& mine) {
    for (int64_t m = mine.first; m < mine.last; m++) {
      const int64_t id = row_of(ids[m * p.ids], p.V);
      float* to = out + m * p.om;
      for (int64_t v = 0; v < p.V; v++) to[v * p.oe] = id == kBadRow ? __builtin_nanf("") : 0.f;
      if (id >= 0) to[id * p.oe] = 1.f;
    }
  });
}

}  // namespace unroll::UNROLL_ISA
