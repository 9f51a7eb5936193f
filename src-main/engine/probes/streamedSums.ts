// Sums over the positions of a text, added chunk by chunk, from which correlations of units follow. In float64, of differences from each
// unit's first value, so that a unit with a large mean and a small variance loses no digits.
import { largest } from '../../contract/longLists.ts'

/** Sums for the correlation of one sequence x with every unit of a layer. */
export interface CorrelationSums {
  /** Adds x (n) and values (rows, units), row floor(t / stepsPerOutput) being that of position t. */
  add(x: Float32Array, values: ArrayLike<number>, stepsPerOutput: number): void
  /** Pearson's correlation with x of each unit; NaN where either is constant. */
  correlations(): Float64Array
}

export function correlationSums(units: number): CorrelationSums {
  let n = 0
  let firstX = 0
  let [sx, sxx] = [0, 0]
  const first = new Float64Array(units)
  const [sy, syy, sxy] = [new Float64Array(units), new Float64Array(units), new Float64Array(units)]
  return {
    add(x, values, stepsPerOutput) {
      if (n === 0) {
        firstX = x[0] ?? 0
        for (let u = 0; u < units; u++) first[u] = values[u]!
      }
      n += x.length
      for (let t = 0; t < x.length; t++) {
        const a = x[t]! - firstX
        sx += a
        sxx += a * a
        const at = Math.floor(t / stepsPerOutput) * units
        for (let u = 0; u < units; u++) {
          const b = values[at + u]! - first[u]!
          sy[u]! += b
          syy[u]! += b * b
          sxy[u]! += a * b
        }
      }
    },
    correlations: () =>
      sy.map((sum, u) => {
        const product = (sxx - (sx * sx) / n) * (syy[u]! - (sum * sum) / n)
        const r = (sxy[u]! - (sx * sum) / n) / Math.sqrt(product)
        return product > 0 ? Math.min(1, Math.max(-1, r)) : NaN
      }),
  }
}

/** Sums for the autocorrelation of every unit of a layer. */
export interface LagSums {
  /** The next position is the first of a sequence: no lag reaches over it. */
  begin(): void
  /** Adds `count` positions of values (rows, units), row floor(t / stepsPerOutput) being that of position t. */
  add(values: ArrayLike<number>, count: number, stepsPerOutput: number): void
  /**
   * By lag k, by unit: sum of (x_t - m)(x_(t+k) - m) over the pairs of positions of one sequence, divided by the sum of (x_t - m)^2 over all
   * positions, m being the mean. NaN for a constant unit and where no sequence is longer than k.
   */
  autocorrelations(): Float64Array[]
}

export function lagSums(units: number, lags: readonly number[]): LagSums {
  const longest = largest(lags)
  /** The last `longest` differences of the sequence, by t mod longest, by unit. */
  const recent = new Float64Array(longest * units)
  const first = new Float64Array(units)
  const [sum, square] = [new Float64Array(units), new Float64Array(units)]
  /** Per lag the sums over its pairs (x, y): x y, and x + y. */
  const pairs = lags.map(() => ({
    count: 0,
    products: new Float64Array(units),
    sums: new Float64Array(units),
  }))
  let n = 0
  let inSequence = 0
  return {
    begin: () => void (inSequence = 0),
    add(values, count, stepsPerOutput) {
      for (let i = 0; i < count; i++, n++, inSequence++) {
        const at = Math.floor(i / stepsPerOutput) * units
        if (n === 0) for (let u = 0; u < units; u++) first[u] = values[at + u]!
        lags.forEach((lag, k) => {
          if (inSequence < lag) return
          const before = ((inSequence - lag) % longest) * units
          const pair = pairs[k]!
          pair.count++
          for (let u = 0; u < units; u++) {
            const x = values[at + u]! - first[u]!
            const y = recent[before + u]!
            pair.products[u]! += x * y
            pair.sums[u]! += x + y
          }
        })
        const row = (inSequence % longest) * units
        for (let u = 0; u < units; u++) {
          const x = values[at + u]! - first[u]!
          sum[u]! += x
          square[u]! += x * x
          recent[row + u] = x
        }
      }
    },
    autocorrelations: () =>
      pairs.map(({ count, products, sums }) =>
        products.map((product, u) => {
          const mean = sum[u]! / n
          const total = square[u]! - n * mean * mean
          return count > 0 && total > 0 ? (product - mean * sums[u]! + count * mean * mean) / total : NaN
        }),
      ),
  }
}
