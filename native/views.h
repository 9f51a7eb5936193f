// What can be said of views before anything runs: where they reach, whether they overlap themselves, which
// dimensions are one.
#pragma once
#include <vector>

#include "program.h"

namespace unroll {

/** Product of dims, or -1 above 2^40. */
int64_t elements(const View& view);
bool same_shape(const View& a, const View& b);
/** The same elements at every iteration. */
bool same_view(const View& a, const View& b);
/** True when offset + everything the view and the loops of these counts add stays in 0..size-1. */
bool inside(const View& view, const std::vector<int64_t>& counts, int64_t size);
/** True when `length` elements from the view's start stay inside the arena in every iteration. */
bool block_inside(const View& view, int64_t length, const std::vector<int64_t>& counts, int64_t size);
/** True when no two elements of the view share an address. */
bool injective(const View& view);

/**
 * Merges neighbouring dimensions that every one of the views walks as one, and drops those of size 1. `shape`
 * and the strides (one array per view) are rewritten; returns the rank, at least 1.
 */
int collapse(int rank, int64_t* shape, const std::vector<int64_t*>& strides);

}  // namespace unroll
