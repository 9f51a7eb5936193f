// The matrix unit of x86 (AMX) for products of bfloat16: eight tiles of 16 rows of 64 bytes,
// always used whole: C0 to C3 of sums (16 x 16 floats), A0 A1 (16 rows, 32 steps of K), B0 B1 (16 rows of
// pairs, 16 columns). Two implementations of one interface: the instructions, and plain loops for the test
// instruction set, so that the code above is tested on machines without AMX.
#pragma once
#include "kernels.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

constexpr int kTile = 16;        // rows and columns of sums, rows of a
constexpr int kTileK = 32;       // steps of K that one multiplication takes
constexpr int kTileWords = 256;  // of a tile

#if defined(UNROLL_ISA_AVX512)

/** Before tiles are used on a thread, and after. */
struct Tiles {
  Tiles() {
    struct alignas(64) {
      uint8_t palette = 1, zeros[15] = {};
      uint16_t row_bytes[8] = {64, 64, 64, 64, 64, 64, 64, 64}, more_zeros[8] = {};
      uint8_t rows[8] = {16, 16, 16, 16, 16, 16, 16, 16}, last_zeros[8] = {};
    } config;
    static_assert(sizeof(config) == 64);
    publish(&config);
    _tile_loadconfig(&config);
  }
  ~Tiles() { _tile_release(); }

  // Tile numbers are immediates. publish() tells the compiler that the instructions read and write memory.
#define UNROLL_EACH(X) X(0) X(1) X(2) X(3)
#define UNROLL_PAIRS(X) X(0, 4, 6) X(1, 4, 7) X(2, 5, 6) X(3, 5, 7)
  template <int C>
  void zero() {
#define X(c) \
  if constexpr (C == c) _tile_zero(c);
    UNROLL_EACH(X)
#undef X
  }
  template <int C>
  void load_sums(const float* p, int64_t row) {
    publish(p);
#define X(c) \
  if constexpr (C == c) _tile_loadd(c, p, 4 * row);
    UNROLL_EACH(X)
#undef X
  }
  template <int C>
  void store_sums(float* p, int64_t row) {
#define X(c) \
  if constexpr (C == c) _tile_stored(c, p, 4 * row);
    UNROLL_EACH(X)
#undef X
    publish(p);
  }
  template <int I>
  void load_a(const float* p) {
    if constexpr (I == 0) _tile_loadd(4, p, 64);
    if constexpr (I == 1) _tile_loadd(5, p, 64);
  }
  template <int J>
  void load_b(const float* p, int64_t row) {
    if constexpr (J == 0) _tile_loadd(6, p, 4 * row);
    if constexpr (J == 1) _tile_loadd(7, p, 4 * row);
  }
  /** C[2 I + J] += A[I] @ B[J]. */
  template <int I, int J>
  void multiply() {
#define X(c, a, b) \
  if constexpr (2 * I + J == c) _tile_dpbf16ps(c, a, b);
    UNROLL_PAIRS(X)
#undef X
  }

 private:
  static void publish(const void* p) { asm volatile("" : : "r"(p) : "memory"); }
};

#else

struct Tiles {
  float c[4][kTile][kTile];
  uint32_t a[2][kTile][kTile], b[2][kTile][kTile];

  template <int C>
  void zero() {
    for (auto& row : c[C])
      for (float& x : row) x = 0.f;
  }
  template <int C>
  void load_sums(const float* p, int64_t row) {
    for (int m = 0; m < kTile; m++) __builtin_memcpy(c[C][m], p + m * row, 64);
  }
  template <int C>
  void store_sums(float* p, int64_t row) {
    for (int m = 0; m < kTile; m++) __builtin_memcpy(p + m * row, c[C][m], 64);
  }
  template <int I>
  void load_a(const float* p) {
    __builtin_memcpy(a[I], p, sizeof a[I]);
  }
  template <int J>
  void load_b(const float* p, int64_t row) {
    for (int k = 0; k < kTile; k++) __builtin_memcpy(b[J][k], p + k * row, 64);
  }
  template <int I, int J>
  void multiply() {
    for (int m = 0; m < kTile; m++) {
      for (int k = 0; k < kTile; k++) {
        for (int n = 0; n < kTile; n++) {
          const uint32_t x = a[I][m][k], y = b[J][k][n];
          c[2 * I + J][m][n] += floats(x & 0xffff0000u) * floats(y & 0xffff0000u);
          c[2 * I + J][m][n] += floats(x << 16) * floats(y << 16);
        }
      }
    }
  }

 private:
  static float floats(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, 4);
    return x;
  }
};

#endif

}  // namespace
}  // namespace unroll::UNROLL_ISA
