// Correlations of whole columns of values. Sums are in float64, of differences from each column's first value, so that a unit with a large mean
// and a small variance loses no digits.

/** Pearson's correlation of two columns of T values; NaN where either is constant. */
export function columnCorrelation(x: Float32Array, y: Float32Array): number {
  const n = x.length
  const [firstX, firstY] = [x[0] ?? 0, y[0] ?? 0]
  let [sx, sxx, sy, syy, sxy] = [0, 0, 0, 0, 0]
  for (let t = 0; t < n; t++) {
    const a = x[t]! - firstX
    const b = y[t]! - firstY
    sx += a
    sxx += a * a
    sy += b
    syy += b * b
    sxy += a * b
  }
  const product = (sxx - (sx * sx) / n) * (syy - (sy * sy) / n)
  const r = (sxy - (sx * sy) / n) / Math.sqrt(product)
  return product > 0 ? Math.min(1, Math.max(-1, r)) : NaN
}

/**
 * At each lag k: sum of (x_t - m)(x_(t+k) - m) over the pairs of positions of one sequence, divided by the sum of (x_t - m)^2 over all positions, m
 * being the mean. NaN for a constant column and where no sequence is longer than k. `bounds`: first position of each sequence, and T.
 */
export function autocorrelations(
  values: Float32Array,
  bounds: readonly number[],
  lags: readonly number[],
): number[] {
  const first = values[0] ?? 0
  let [sum, square] = [0, 0]
  for (let t = 0; t < values.length; t++) {
    const x = values[t]! - first
    sum += x
    square += x * x
  }
  const mean = sum / values.length
  const total = square - values.length * mean * mean
  return lags.map((lag) => {
    let [pairs, products, sums] = [0, 0, 0]
    for (let s = 0; s + 1 < bounds.length; s++)
      for (let t = bounds[s]! + lag; t < bounds[s + 1]!; t++) {
        const [x, y] = [values[t]! - first, values[t - lag]! - first]
        pairs++
        products += x * y
        sums += x + y
      }
    return pairs > 0 && total > 0 ? (products - mean * sums + pairs * mean * mean) / total : NaN
  })
}
