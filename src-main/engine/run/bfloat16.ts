// Rounding to bfloat16, the upper half of an f32: 8 bits of exponent and 8 of significand (one implicit).

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** x rounded to f32 and then to bfloat16, ties to even; infinity above the largest bfloat16, NaN for NaN. */
export function roundToBfloat16(x: number): number {
  float[0] = x
  if (Number.isNaN(float[0])) return NaN
  const word = bits[0]!
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000
  return float[0]
}

/** The low part of x: x (as f32) minus its bfloat16, rounded to bfloat16, so that x = high + low within 2^-17 |x|. */
export const lowerBfloat16 = (x: number): number => roundToBfloat16(Math.fround(x) - roundToBfloat16(x))
