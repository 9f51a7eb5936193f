#include "views.h"

#include <algorithm>

namespace unroll {

namespace {

constexpr int64_t kHuge =
    int64_t{1} << 40;  // larger than any arena; sums of sixteen such values fit into int64

/** Adds the extent of `count` steps to the range; false if it exceeds all bounds. */
bool reach(int64_t step, int64_t count, int64_t& low, int64_t& high) {
  const int64_t span = step * (count - 1);  // both factors fit into 32 bits
  if (span > kHuge || span < -kHuge) return false;
  (span < 0 ? low : high) += span;
  return true;
}

bool loops_reach(const View& view, const std::vector<int64_t>& counts, int64_t& low, int64_t& high) {
  for (size_t d = 0; d < counts.size(); d++)
    if (!reach(view.loop[d], std::max<int64_t>(counts[d], 1), low, high)) return false;
  return true;
}

}  // namespace

int64_t elements(const View& view) {
  int64_t n = 1;
  for (int d = 0; d < view.rank; d++)
    if (view.shape[d] == 0) return 0;
  for (int d = 0; d < view.rank; d++) {
    if (n > kHuge / view.shape[d]) return -1;
    n *= view.shape[d];
  }
  return n;
}

bool same_shape(const View& a, const View& b) {
  return a.rank == b.rank && std::equal(a.shape, a.shape + a.rank, b.shape);
}

bool same_view(const View& a, const View& b) {
  return a.offset == b.offset && same_shape(a, b) && std::equal(a.stride, a.stride + a.rank, b.stride) &&
         std::equal(a.loop, a.loop + kMaxDepth, b.loop);
}

bool inside(const View& view, const std::vector<int64_t>& counts, int64_t size) {
  if (elements(view) == 0) return true;
  int64_t low = view.offset, high = view.offset;
  for (int d = 0; d < view.rank; d++)
    if (!reach(view.stride[d], view.shape[d], low, high)) return false;
  return loops_reach(view, counts, low, high) && low >= 0 && high < size;
}

bool block_inside(const View& view, int64_t length, const std::vector<int64_t>& counts, int64_t size) {
  if (length == 0) return true;
  int64_t low = view.offset, high = view.offset;
  return length <= size && loops_reach(view, counts, low, high) && low >= 0 && high + length <= size;
}

bool injective(const View& view) {
  if (elements(view) == 0) return true;
  int order[kMaxRank], rank = 0;  // dimensions in order of increasing stride
  for (int d = 0; d < view.rank; d++) {
    if (view.shape[d] < 2) continue;
    int at = rank++;
    for (; at > 0 && std::abs(view.stride[order[at - 1]]) > std::abs(view.stride[d]); at--)
      order[at] = order[at - 1];
    order[at] = d;
  }
  int64_t reach = 0;  // extent of all dimensions with smaller strides
  for (int i = 0; i < rank; i++) {
    const int64_t step = std::abs(view.stride[order[i]]);
    if (step <= reach) return false;
    reach += step * (view.shape[order[i]] - 1);
  }
  return true;
}

int collapse(int rank, int64_t* shape, const std::vector<int64_t*>& strides) {
  int kept = 0;
  for (int d = 0; d < rank; d++) {
    if (shape[d] == 1) continue;
    const bool one = kept > 0 && std::all_of(strides.begin(), strides.end(), [&](const int64_t* stride) {
                       return stride[kept - 1] == stride[d] * shape[d];
                     });
    if (one) kept--;
    shape[kept] = one ? shape[kept] * shape[d] : shape[d];
    for (int64_t* stride : strides) stride[kept] = stride[d];
    kept++;
  }
  if (kept > 0) return kept;
  shape[0] = 1;  // a single element: a dense row of length 1
  for (int64_t* stride : strides) stride[0] = 1;
  return 1;
}

}  // namespace unroll
