// bfloat16: the upper half of an f32, that is 8 bits of exponent and 8 of significand. Nothing here knows of products.

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The nearest bfloat16 to the f32 nearest to x, ties to even; beyond the largest one infinity, NaN stays NaN. */
export function roundToBfloat16(x: number): number {
  float[0] = x
  if (Number.isNaN(float[0])) return NaN
  const word = bits[0]!
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000
  return float[0]
}

/** What is left of the f32 nearest to x when its bfloat16 is taken away, as a bfloat16 again: x = high + low within 2^-17 of |x|. */
export const lowerBfloat16 = (x: number): number => roundToBfloat16(Math.fround(x) - roundToBfloat16(x))
