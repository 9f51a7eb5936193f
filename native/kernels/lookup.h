// Classifies an id: a row, no row (negative), or invalid (too large, or NaN).
#pragma once
#include <stdint.h>

namespace unroll::UNROLL_ISA {

constexpr int64_t kNoRow = -1, kBadRow = -2;

static inline int64_t row_of(float id, int64_t rows) {
  return id < 0.f ? kNoRow : id < (float)rows && (int64_t)id < rows ? (int64_t)id : kBadRow;
}

}  // namespace unroll::UNROLL_ISA
