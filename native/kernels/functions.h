// The elementwise functions of program.ts, over strips and over single vectors, as a table by Fn.
#pragma once
#include "kernels.h"
#include "math.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/**
 * The values of a register for one strip, `step` floats from row to row. `walks`: one value per element, else
 * one per row. `line`: rows are contiguous with each other.
 */
struct Operand {
  float* at;
  int64_t step;
  bool walks, line;
};
static_assert(sizeof(Operand) <= 4 * kEwRegister);

// The functions on one vector. All take three operands; unused ones are never loaded.
#define UNROLL_FUNCTION(name, expression)                                                      \
  UNROLL_INLINE vf name([[maybe_unused]] vf a, [[maybe_unused]] vf b, [[maybe_unused]] vf c) { \
    return expression;                                                                         \
  }

UNROLL_FUNCTION(none, vf{})
UNROLL_FUNCTION(add, a + b)
UNROLL_FUNCTION(sub, a - b)
UNROLL_FUNCTION(mul, a* b)
UNROLL_FUNCTION(div, a / b)
UNROLL_FUNCTION(max, larger(a, b))
UNROLL_FUNCTION(min, smaller(a, b))
UNROLL_FUNCTION(neg, floats(bits(a) ^ splat_int((int32_t)0x80000000)))
UNROLL_FUNCTION(abs, floats(bits(a) & splat_int(0x7fffffff)))
UNROLL_FUNCTION(exp, exp_of(a))
UNROLL_FUNCTION(log, log_of(a))
UNROLL_FUNCTION(sqrt, square_root(a))
UNROLL_FUNCTION(tanh, tanh_of(a))
UNROLL_FUNCTION(sigmoid, sigmoid_of(a))
UNROLL_FUNCTION(relu, select(a <= 0.f, vf{}, a))
UNROLL_FUNCTION(gt, select(a > b, splat(1.f), vf{}))
UNROLL_FUNCTION(ge, select(a >= b, splat(1.f), vf{}))
UNROLL_FUNCTION(eq, select(a == b, splat(1.f), vf{}))
UNROLL_FUNCTION(choose, select(a != 0.f, b, c))
UNROLL_FUNCTION(floor, floor_of(a))
UNROLL_FUNCTION(fma, madd_exact(a, b, c))
UNROLL_FUNCTION(add_add, (a + b) + c)
UNROLL_FUNCTION(add_sub, (a + b) - c)
UNROLL_FUNCTION(add_from, c - (a + b))
UNROLL_FUNCTION(add_mul, (a + b) * c)
UNROLL_FUNCTION(sub_add, (a - b) + c)
UNROLL_FUNCTION(sub_sub, (a - b) - c)
UNROLL_FUNCTION(sub_from, c - (a - b))
UNROLL_FUNCTION(sub_mul, (a - b) * c)
UNROLL_FUNCTION(mul_add, (a * b) + c)
UNROLL_FUNCTION(mul_sub, (a * b) - c)
UNROLL_FUNCTION(mul_from, c - (a * b))
UNROLL_FUNCTION(mul_mul, (a * b) * c)

/** out = fn(a, b, c) over rows of n floats, a multiple of W. A, B, C: whether a, b and c walk. */
template <vf (*F)(vf, vf, vf), bool A, bool B, bool C>
void strip_of(const Operand& out, const Operand& a, const Operand& b, const Operand& c, int64_t rows,
              int64_t n) {
  const float *x = a.at, *y = b.at, *z = c.at;
  float* to = out.at;
  for (int64_t r = 0; r < rows; r++, to += out.step, x += a.step, y += b.step, z += c.step) {
    const vf first = splat(*x), second = splat(*y), third = splat(*z);
#pragma GCC unroll 4
    for (int64_t i = 0; i < n; i += W)
      store(to + i, F(A ? load(x + i) : first, B ? load(y + i) : second, C ? load(z + i) : third));
  }
}
template <vf (*F)(vf, vf, vf)>
void vector_of(float* out, const float* a, const float* b, const float* c) {
  store(out, F(load(a), load(b), load(c)));
}

struct Function {
  typedef void (*Strip)(const Operand&, const Operand&, const Operand&, const Operand&, int64_t, int64_t);
  Strip strips[2][2][2];  // by whether a, b and c walk
  void (*vector)(float*, const float*, const float*, const float*);
  void strip(const Operand& out, const Operand& a, const Operand& b, const Operand& c, int64_t rows,
             int64_t n) const {
    const Strip f = strips[a.walks][b.walks][c.walks];
    if (out.line && a.line && b.line && c.line)
      f(out, a, b, c, 1, rows * n);
    else
      f(out, a, b, c, rows, n);
  }
};
#define UNROLL_STRIPS(name, A, B, C) \
  { strip_of<name, A, B, false>, strip_of<name, A, B, C> }
#define UNROLL_ENTRY_OF(name, A, B, C)                                        \
  {{{UNROLL_STRIPS(name, false, false, C), UNROLL_STRIPS(name, false, B, C)}, \
    {UNROLL_STRIPS(name, A, false, C), UNROLL_STRIPS(name, A, B, C)}},        \
   vector_of<name>}
// By number of operands; unread ones count as repeated.
#define UNROLL_ENTRY1(name) UNROLL_ENTRY_OF(name, true, false, false)
#define UNROLL_ENTRY(name) UNROLL_ENTRY_OF(name, true, true, false)
#define UNROLL_ENTRY3(name) UNROLL_ENTRY_OF(name, true, true, true)
const Function functions[kFunctions] = {
    UNROLL_ENTRY1(none),     UNROLL_ENTRY(add),       UNROLL_ENTRY(sub),       UNROLL_ENTRY(mul),
    UNROLL_ENTRY(div),       UNROLL_ENTRY(max),       UNROLL_ENTRY(min),       UNROLL_ENTRY1(neg),
    UNROLL_ENTRY1(abs),      UNROLL_ENTRY1(exp),      UNROLL_ENTRY1(log),      UNROLL_ENTRY1(sqrt),
    UNROLL_ENTRY1(tanh),     UNROLL_ENTRY1(sigmoid),  UNROLL_ENTRY1(relu),     UNROLL_ENTRY(gt),
    UNROLL_ENTRY(ge),        UNROLL_ENTRY(eq),        UNROLL_ENTRY3(choose),   UNROLL_ENTRY1(none),
    UNROLL_ENTRY1(floor),    UNROLL_ENTRY3(fma),      UNROLL_ENTRY3(add_add),  UNROLL_ENTRY3(add_sub),
    UNROLL_ENTRY3(add_from), UNROLL_ENTRY3(add_mul),  UNROLL_ENTRY3(sub_add),  UNROLL_ENTRY3(sub_sub),
    UNROLL_ENTRY3(sub_from), UNROLL_ENTRY3(sub_mul),  UNROLL_ENTRY3(mul_add),  UNROLL_ENTRY3(mul_sub),
    UNROLL_ENTRY3(mul_from), UNROLL_ENTRY3(mul_mul)};

}  // namespace
}  // namespace unroll::UNROLL_ISA
