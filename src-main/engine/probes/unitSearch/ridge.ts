// The dense probe: ridge regression on all units of one layer and signal, in closed form. It says how much a direction among the units
// knows, against which the best single unit is measured.
import { compile } from '../../compile/compile.ts'
import { input, matmul, transpose } from '../../graph/ops.ts'
import type { Executor } from '../../run/executor.ts'
import { halvesOf, type Target } from './halves.ts'
import type { BinnedValues } from './quantise.ts'

/** Ridge penalty per position, of standardised units. */
const penalty = 1e-3
const rowsPerRun = 2048

/**
 * Predictions of each target on the reporting half, from `cut` on, with weights fitted on the ranking half. The products of units are summed natively per piece
 * of the text, and in f64 over the pieces; the system is solved in f64.
 */
export function ridgePredictions(
  executor: Executor,
  units: readonly BinnedValues[],
  targets: readonly Target[],
  cut: number,
): Float64Array[] {
  const length = units[0]!.codes.length
  const scales = units.map(({ codes, means }) => standardBins(countsOf(codes.subarray(0, cut)), means))
  const centred = targets.map((target) => {
    const half = Float64Array.from(halvesOf(target, cut)[0])
    const mean = half.reduce((sum, y) => sum + y, 0) / half.length
    return half.map((y) => y - mean)
  })
  const { gram, moments } = products(executor, units, scales, centred, cut)
  const size = units.length
  for (let u = 0; u < size; u++) gram[u * size + u]! += penalty * cut
  cholesky(gram, size)
  return targets.map((_, k) => {
    const weights = solve(gram, size, moments.subarray(k * size, (k + 1) * size))
    const predictions = new Float64Array(length - cut)
    units.forEach(({ codes }, u) => {
      const table = scales[u]!.map((x) => x * weights[u]!)
      for (let t = cut; t < length; t++) predictions[t - cut]! += table[codes[t]!]!
    })
    return predictions
  })
}

function countsOf(codes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256)
  for (let t = 0; t < codes.length; t++) counts[codes[t]!]!++
  return counts
}

/** The standardised value of each bin, by mean and deviation of values with these counts per bin; 0 for a constant unit. */
function standardBins(counts: Uint32Array, means: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const meanOf = (value: (bin: number) => number) =>
    counts.reduce((sum, count, b) => sum + count * value(b), 0) / total
  const mean = meanOf((b) => means[b]!)
  const deviation = Math.sqrt(meanOf((b) => (means[b]! - mean) ** 2))
  return means.map((x) => (deviation > 1e-12 ? (x - mean) / deviation : 0))
}

/** X'X (U, U) and X'y (K, U) of standardised units X and centred targets y over the first `rows` positions. */
function products(
  executor: Executor,
  units: readonly BinnedValues[],
  scales: readonly Float64Array[],
  targets: readonly Float64Array[],
  rows: number,
) {
  const size = units.length
  const count = targets.length
  const piece = Math.min(rows, rowsPerRun)
  const x = input('x', [piece, size])
  const y = input('y', [piece, count])
  const executable = executor.load(
    compile({ outputs: { gram: matmul(transpose(x), x), moments: matmul(transpose(y), x) }, updates: [] }),
  )
  const gram = new Float64Array(size * size)
  const moments = new Float64Array(count * size)
  const xs = new Float32Array(piece * size)
  const ys = new Float32Array(piece * count)
  for (let from = 0; from < rows; from += piece) {
    const n = Math.min(piece, rows - from)
    if (n < piece) [xs, ys].forEach((buffer) => buffer.fill(0))
    units.forEach(({ codes }, u) => {
      const scale = scales[u]!
      for (let t = 0; t < n; t++) xs[t * size + u] = scale[codes[from + t]!]!
    })
    targets.forEach((target, k) => {
      for (let t = 0; t < n; t++) ys[t * count + k] = target[from + t]!
    })
    executable.write('x', xs)
    executable.write('y', ys)
    executable.run({ seed: [0, 0], step: 0 })
    const part = executable.read('gram')
    for (let i = 0; i < gram.length; i++) gram[i]! += part[i]!
    const partOfMoments = executable.read('moments')
    for (let i = 0; i < moments.length; i++) moments[i]! += partOfMoments[i]!
  }
  executable.dispose()
  return { gram, moments }
}

/** Replaces the lower triangle of a positive definite matrix (n, n) by L with L L' = a. */
export function cholesky(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!
    }
  }
}

/** x with L L' x = b. */
export function solve(lower: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice()
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k * n + i]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  return x
}
