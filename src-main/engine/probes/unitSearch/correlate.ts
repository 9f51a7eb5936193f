// Pearson's correlation of every unit with a number per position: signed, on both halves of the text.
import { cutOf, halvesOf, type Target } from './halves.ts'
import type { BinnedValues } from './quantise.ts'

/** How a unit follows numbers; `correlation` is that of the reporting half, `rankCorrelation` of the ranking half, both signed. */
export interface Correlation {
  rankCorrelation: number
  correlation: number
}

/** Numbers with mean 0 and variance 1 within each half. */
export function standardised(target: Target): Float64Array {
  const result = Float64Array.from(target)
  for (const half of halvesOf(result, cutOf(result))) {
    const mean = half.reduce((sum, y) => sum + y, 0) / half.length
    const deviation = Math.sqrt(half.reduce((sum, y) => sum + (y - mean) ** 2, 0) / half.length)
    for (let t = 0; t < half.length; t++) half[t] = deviation > 0 ? (half[t]! - mean) / deviation : 0
  }
  return result
}

/** The correlation with each of some targets that are standardised; 0 for a constant unit or target. Values are the means of their bins. */
export function correlations(
  { codes, means, counts }: BinnedValues,
  targets: readonly Float64Array[],
): Correlation[] {
  const middle = codes.length >> 1
  const values = new Float64Array(codes.length)
  for (let t = 0; t < codes.length; t++) values[t] = means[codes[t]!]!
  const half = (from: number, to: number, counts: Uint32Array): number[] => {
    const n = to - from
    let mean = 0
    for (let b = 0; b < 256; b++) mean += (counts[b]! * means[b]!) / n
    let variance = 0
    for (let b = 0; b < 256; b++) variance += (counts[b]! * (means[b]! - mean) ** 2) / n
    const scale = n * Math.sqrt(variance)
    return productSums(values, targets, from, to).map((sum) => (scale > 0 ? sum / scale : 0))
  }
  const ranking = half(0, middle, counts[0])
  const reporting = half(middle, codes.length, counts[1])
  return targets.map((_, i) => ({ rankCorrelation: ranking[i]!, correlation: reporting[i]! }))
}

/** Sums over t of values[t] * target[t] for each target, four at a time, since a sum waits for its last addition. */
function productSums(
  values: Float64Array,
  targets: readonly Float64Array[],
  from: number,
  to: number,
): number[] {
  return Array.from({ length: Math.ceil(targets.length / 4) }, (_, group) => {
    const [a, b = a, c = a, d = a] = targets.slice(4 * group, 4 * group + 4)
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0]
    for (let t = from; t < to; t++) {
      const x = values[t]!
      sumA += x * a![t]!
      sumB += x * b![t]!
      sumC += x * c![t]!
      sumD += x * d![t]!
    }
    return [sumA, sumB, sumC, sumD]
  })
    .flat()
    .slice(0, targets.length)
}
