// Static analysis of views: bounds, self-overlap, and merging of dimensions.
#pragma once
#include <vector>

#include "program.h"

namespace unroll {

/** Product of dims, or -1 above 2^40. */
int64_t elements(const View& view);
bool same_shape(const View& a, const View& b);
/** True if both views address the same elements in every iteration. */
bool same_view(const View& a, const View& b);
/** True if every address of the view, in all iterations of loops of these counts, is in 0..size-1. */
bool inside(const View& view, const std::vector<int64_t>& counts, int64_t size);
/** True if `length` elements from the view's start are inside the arena in every iteration. */
bool block_inside(const View& view, int64_t length, const std::vector<int64_t>& counts, int64_t size);
/** True if no two elements of the view share an address. */
bool injective(const View& view);

/**
 * Merges neighbouring dimensions that are contiguous in every view, and drops those of size 1. `shape`
 * and the strides (one array per view) are rewritten; returns the rank, at least 1.
 */
int collapse(int rank, int64_t* shape, const std::vector<int64_t*>& strides);

}  // namespace unroll
