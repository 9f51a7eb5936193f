// Gram-Schmidt on the rows of a matrix: the QR decomposition with the vectors as rows.

/**
 * Makes `count` rows of length `size` orthonormal in place and returns the diagonal of R: the length of each row's part that is orthogonal to
 * those before it. Applied twice for accuracy. A row without such a part becomes zero, and its length is 0.
 */
export function orthonormaliseRows(rows: Float64Array, count: number, size: number): Float64Array {
  const lengths = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const v = rows.subarray(i * size, (i + 1) * size)
    const given = lengthOf(v)
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const u = rows.subarray(j * size, (j + 1) * size)
        let dot = 0
        for (let k = 0; k < size; k++) dot += u[k]! * v[k]!
        for (let k = 0; k < size; k++) v[k]! -= dot * u[k]!
      }
    }
    const length = lengthOf(v)
    // What is left of a dependent row is rounding error.
    lengths[i] = length > 1e-14 * given ? length : 0
    for (let k = 0; k < size; k++) v[k] = lengths[i]! > 0 ? v[k]! / length : 0
  }
  return lengths
}

/** Euclidean norm. */
export function lengthOf(v: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < v.length; k++) sum += v[k]! * v[k]!
  return Math.sqrt(sum)
}
