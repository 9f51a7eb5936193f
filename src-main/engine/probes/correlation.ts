// Pearson correlations between two sets of units from streamed sums in f64, also after the second set was rotated.

/** Sums over positions of rows a (n values) and b (m values). */
export class CrossSums {
  count = 0
  readonly n: number
  readonly m: number
  private readonly a: Float64Array
  private readonly aa: Float64Array
  private readonly b: Float64Array
  /** (n, m) and, upper triangle, (m, m). */
  private readonly ab: Float64Array
  private readonly bb: Float64Array

  constructor(n: number, m: number) {
    this.n = n
    this.m = m
    this.a = new Float64Array(n)
    this.aa = new Float64Array(n)
    this.b = new Float64Array(m)
    this.ab = new Float64Array(n * m)
    this.bb = new Float64Array(m * m)
  }

  /** Adds one position: n values at `atA` of `rowsA`, m values at `atB` of `rowsB`. */
  add(rowsA: Float32Array, atA: number, rowsB: Float32Array, atB: number): void {
    const { n, m, a, aa, b, ab, bb } = this
    this.count++
    for (let j = 0; j < n; j++) {
      const value = rowsA[atA + j]!
      a[j]! += value
      aa[j]! += value * value
      const row = j * m
      for (let k = 0; k < m; k++) ab[row + k]! += value * rowsB[atB + k]!
    }
    for (let j = 0; j < m; j++) {
      const value = rowsB[atB + j]!
      b[j]! += value
      const row = j * m
      for (let k = j; k < m; k++) bb[row + k]! += value * rowsB[atB + k]!
    }
  }

  /** Correlations (n, m); 0 where a unit is constant. */
  correlations(): Float64Array {
    return this.normalised(this.covariance(), this.varianceOfB())
  }

  /** Correlations (n, m) of a with b Q, where `q` (m, m) is orthogonal. */
  rotated(q: Float64Array): Float64Array {
    const { n, m } = this
    const variance = new Float64Array(m)
    const half = product(this.covarianceOfB(), q, m, m)
    for (let j = 0; j < m; j++) for (let k = 0; k < m; k++) variance[k]! += q[j * m + k]! * half[j * m + k]!
    return this.normalised(product(this.covariance(), q, n, m), variance)
  }

  private covariance(): Float64Array {
    const { n, m, count, a, b, ab } = this
    const result = new Float64Array(n * m)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < m; k++)
        result[j * m + k] = ab[j * m + k]! / count - (a[j]! / count) * (b[k]! / count)
    return result
  }

  private covarianceOfB(): Float64Array {
    const { m, count, b, bb } = this
    const result = new Float64Array(m * m)
    for (let j = 0; j < m; j++)
      for (let k = j; k < m; k++)
        result[k * m + j] = result[j * m + k] = bb[j * m + k]! / count - (b[j]! / count) * (b[k]! / count)
    return result
  }

  private varianceOfB(): Float64Array {
    const { m, count, b, bb } = this
    return Float64Array.from({ length: m }, (_, k) => bb[k * m + k]! / count - (b[k]! / count) ** 2)
  }

  private normalised(covariance: Float64Array, varianceB: Float64Array): Float64Array {
    const { n, m, count, a, aa } = this
    const result = new Float64Array(n * m)
    for (let j = 0; j < n; j++) {
      const squares = aa[j]! / count
      const varianceA = squares - (a[j]! / count) ** 2
      for (let k = 0; k < m; k++) {
        const scale = Math.sqrt(varianceA * varianceB[k]!)
        // A constant unit has a variance of rounding errors only.
        const constant = !(varianceA > 1e-12 * squares) || !(scale > 0)
        result[j * m + k] = constant ? 0 : Math.max(-1, Math.min(1, covariance[j * m + k]! / scale))
      }
    }
    return result
  }
}

/** x (rows, size) @ q (size, size). */
function product(x: Float64Array, q: Float64Array, rows: number, size: number): Float64Array {
  const result = new Float64Array(rows * size)
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < size; j++) {
      const value = x[r * size + j]!
      for (let k = 0; k < size; k++) result[r * size + k]! += value * q[j * size + k]!
    }
  return result
}
