// Pearson correlations between two sets of units from streamed sums in f64, also after the second set was rotated.

/** Sums over positions of rows a (n values) and b (m values). */
export class CrossSums {
  count = 0
  readonly n: number
  readonly m: number
  private readonly a: Float64Array
  private readonly aa: Float64Array
  private readonly b: Float64Array
  /** (n, m) and (m, m). */
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

  /** Adds `count` positions from columns: unit j of a at position t is `columnsA[j * stride + t]`, likewise b. */
  add(columnsA: Float64Array, columnsB: Float64Array, stride: number, count: number): void {
    const { n, m } = this
    this.count += count
    addSums(columnsA, n, stride, count, this.a, this.aa)
    addSums(columnsB, m, stride, count, this.b)
    addProducts(columnsA, n, columnsB, m, stride, count, this.ab)
    addProducts(columnsB, m, columnsB, m, stride, count, this.bb)
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
      for (let k = 0; k < m; k++)
        result[j * m + k] = bb[j * m + k]! / count - (b[j]! / count) * (b[k]! / count)
    return result
  }

  private varianceOfB(): Float64Array {
    const { m, count, b, bb } = this
    return Float64Array.from({ length: m }, (_, k) => varianceOf(b[k]!, bb[k * m + k]!, count))
  }

  private normalised(covariance: Float64Array, varianceB: Float64Array): Float64Array {
    const { n, m, count, a, aa } = this
    const result = new Float64Array(n * m)
    for (let j = 0; j < n; j++) {
      const varianceA = varianceOf(a[j]!, aa[j]!, count)
      for (let k = 0; k < m; k++) {
        const scale = Math.sqrt(varianceA * varianceB[k]!)
        result[j * m + k] = scale > 0 ? Math.max(-1, Math.min(1, covariance[j * m + k]! / scale)) : 0
      }
    }
    return result
  }
}

/** The variance from a sum and a sum of squares; 0 for a constant unit, whose difference is rounding error only. */
function varianceOf(sum: number, squares: number, count: number): number {
  const variance = squares / count - (sum / count) ** 2
  return variance > (1e-12 * squares) / count ? variance : 0
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

/** Adds the sum of each of `n` columns, and of its squares. */
function addSums(
  columns: Float64Array,
  n: number,
  stride: number,
  count: number,
  sums: Float64Array,
  squares?: Float64Array,
): void {
  for (let j = 0; j < n; j++)
    for (let t = 0; t < count; t++) {
      const value = columns[j * stride + t]!
      sums[j]! += value
      if (squares) squares[j]! += value * value
    }
}

/** Adds a^T b (n, m) of columns, in tiles of 2 x 2 columns whose sums stay in registers. */
function addProducts(
  a: Float64Array,
  n: number,
  b: Float64Array,
  m: number,
  stride: number,
  count: number,
  sums: Float64Array,
): void {
  for (let j = 0; j < n; j += 2) {
    // The last column of an odd number stands for its neighbour, whose sums are not kept.
    const [a0, a1] = [j * stride, Math.min(j + 1, n - 1) * stride]
    for (let k = 0; k < m; k += 2) {
      const [b0, b1] = [k * stride, Math.min(k + 1, m - 1) * stride]
      let [s00, s01, s10, s11] = [0, 0, 0, 0]
      for (let t = 0; t < count; t++) {
        const v0 = a[a0 + t]!
        const v1 = a[a1 + t]!
        const w0 = b[b0 + t]!
        const w1 = b[b1 + t]!
        s00 += v0 * w0
        s01 += v0 * w1
        s10 += v1 * w0
        s11 += v1 * w1
      }
      sums[j * m + k]! += s00
      if (k + 1 < m) sums[j * m + k + 1]! += s01
      if (j + 1 < n) sums[(j + 1) * m + k]! += s10
      if (j + 1 < n && k + 1 < m) sums[(j + 1) * m + k + 1]! += s11
    }
  }
}
