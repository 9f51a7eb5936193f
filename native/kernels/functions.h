// The elementwise functions of program.ts, over strips and over single vectors, as a table by Fn.
#pragma once
#include "kernels.h"
#include "math.h"
#include "vec.h"

namespace unroll::UNROLL_ISA {
namespace {

/** Where a register's strip lies; mask 0 repeats one vector, ~0 walks. */
struct Operand {
  float* at;
  int64_t mask;
};
static_assert(sizeof(Operand) == 16);
UNROLL_INLINE vf get(Operand x, int64_t i) { return load(x.at + (i & x.mask)); }

// The functions on one vector. All take three operands; what a function does not need is never loaded.
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

/** out = fn(a, b, c) over n floats, a multiple of W. A, B: whether a and b walk; c is asked. */
template <vf (*F)(vf, vf, vf), bool A, bool B>
void strip_of(float* out, Operand a, Operand b, Operand c, int64_t n) {
  const vf first = load(a.at), second = load(b.at);
#pragma GCC unroll 4
  for (int64_t i = 0; i < n; i += W)
    store(out + i, F(A ? load(a.at + i) : first, B ? load(b.at + i) : second, get(c, i)));
}
template <vf (*F)(vf, vf, vf)>
void vector_of(float* out, const float* a, const float* b, const float* c) {
  store(out, F(load(a), load(b), load(c)));
}

struct Function {
  typedef void (*Strip)(float*, Operand, Operand, Operand, int64_t);
  Strip strips[2][2];  // by whether a and b walk
  void (*vector)(float*, const float*, const float*, const float*);
  void strip(float* out, Operand a, Operand b, Operand c, int64_t n) const {
    strips[a.mask != 0][b.mask != 0](out, a, b, c, n);
  }
};
#define UNROLL_ENTRY(name)                                       \
  {{{strip_of<name, false, false>, strip_of<name, false, true>}, \
    {strip_of<name, true, false>, strip_of<name, true, true>}},  \
   vector_of<name>}
const Function functions[kFunctions] = {
    UNROLL_ENTRY(none),  UNROLL_ENTRY(add),  UNROLL_ENTRY(sub),  UNROLL_ENTRY(mul),     UNROLL_ENTRY(div),
    UNROLL_ENTRY(max),   UNROLL_ENTRY(min),  UNROLL_ENTRY(neg),  UNROLL_ENTRY(abs),     UNROLL_ENTRY(exp),
    UNROLL_ENTRY(log),   UNROLL_ENTRY(sqrt), UNROLL_ENTRY(tanh), UNROLL_ENTRY(sigmoid), UNROLL_ENTRY(relu),
    UNROLL_ENTRY(gt),    UNROLL_ENTRY(ge),   UNROLL_ENTRY(eq),   UNROLL_ENTRY(choose),  UNROLL_ENTRY(none),
    UNROLL_ENTRY(floor), UNROLL_ENTRY(fma),
    UNROLL_ENTRY(add_add), UNROLL_ENTRY(add_sub), UNROLL_ENTRY(add_from), UNROLL_ENTRY(add_mul),
    UNROLL_ENTRY(sub_add), UNROLL_ENTRY(sub_sub), UNROLL_ENTRY(sub_from), UNROLL_ENTRY(sub_mul),
    UNROLL_ENTRY(mul_add), UNROLL_ENTRY(mul_sub), UNROLL_ENTRY(mul_from), UNROLL_ENTRY(mul_mul)};

}  // namespace
}  // namespace unroll::UNROLL_ISA
