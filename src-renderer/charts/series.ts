// One curve in columns and the ways to read its x axis. Order is repaired, never assumed; no value is dropped here.
import type { Points } from '@contract/thin.ts'

/** Columns of one length N: steps, values (NaN and infinities are data), times in milliseconds since 1970; what each point stands for. */
export type Columns = Points

export const xAxes = ['step', 'epoch', 'time'] as const
export type XAxis = (typeof xAxes)[number]

/** What one step is worth on the other axes: epochs per step (0 if unknown) and the run's start in milliseconds. */
export interface Clock {
  epochsPerStep: number
  startedAt: number
}

/** A curve ready to draw, ascending in x: (N) each. `raw` is what was measured, `smooth` what the line follows. */
export interface Curve {
  x: Float64Array
  steps: Float64Array
  raw: Float64Array
  smooth: Float64Array
  /** How many measured points each stands for; one where missing. */
  counts?: Float64Array | undefined
}

/** x of every point: the step, the epoch it fell in, or seconds since the run's start (a clock set back stands still). */
export function xValues(columns: Columns, axis: XAxis, clock: Clock): Float64Array {
  if (axis === 'time') {
    let latest = -Infinity
    return columns.times.map((t) => (latest = Math.max(latest, (t - clock.startedAt) / 1000)))
  }
  if (axis === 'epoch' && clock.epochsPerStep > 0) return columns.steps.map((s) => s * clock.epochsPerStep)
  return columns.steps
}

/** Columns in ascending order of step, of which the last recorded one counts where a step occurs twice. */
export function inOrder(columns: Columns): Columns {
  const { steps, values, times, counts, means } = columns
  let ascending = true
  for (let i = 1; i < steps.length && ascending; i++) ascending = steps[i]! > steps[i - 1]!
  if (ascending) return columns
  const order = Array.from(steps.keys()).sort((a, b) => steps[a]! - steps[b]! || a - b)
  const kept = order.filter((at, i) => i === order.length - 1 || steps[order[i + 1]!]! !== steps[at]!)
  const pick = (from: Float64Array) => Float64Array.from(kept, (at) => from[at]!)
  return {
    steps: pick(steps),
    values: pick(values),
    times: pick(times),
    ...(counts && means && { counts: pick(counts), means: pick(means) }),
  }
}

/**
 * TensorBoard's debiased exponential average: m = s m + (1 - s) x, shown as m / (1 - s^n). A constant curve stays as it is;
 * NaN and infinities pass through unsmoothed and do not touch m. `weight` s in [0, 1). A point that stands for n of mean y moves m as n
 * points of that height do: m = s^n m + (1 - s^n) y.
 */
export function smooth(
  values: Float64Array,
  weight: number,
  { counts, means }: Pick<Columns, 'counts' | 'means'> = {},
): Float64Array {
  const first = values[0]
  if (weight <= 0 || values.every((v) => v === first)) return values
  const out = new Float64Array(values.length)
  let mean = 0
  let bias = 1
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) {
      out[i] = value
      continue
    }
    const share = counts ? weight ** counts[i]! : weight
    mean = mean * share + (1 - share) * (means ? means[i]! : value)
    bias *= share
    out[i] = mean / (1 - bias)
  }
  return out
}

/** The curve of one metric: put in order, smoothed over the whole series (never over what is left after thinning out). */
export function curveOf(columns: Columns, axis: XAxis, clock: Clock, weight: number): Curve {
  const ordered = inOrder(columns)
  return {
    x: xValues(ordered, axis, clock),
    steps: ordered.steps,
    raw: ordered.values,
    smooth: smooth(ordered.values, weight, ordered),
    counts: ordered.counts,
  }
}

/** Index of the first x that is >= value (N if none). x ascending. */
export function lowerBound(x: Float64Array, value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the point nearest to `value` (-1 if there is none). */
export function nearestIndex(x: Float64Array, value: number): number {
  if (x.length === 0) return -1
  const right = lowerBound(x, value)
  if (right === 0) return 0
  if (right === x.length) return x.length - 1
  return value - x[right - 1]! <= x[right]! - value ? right - 1 : right
}

/** Values per curve that the robust range looks at, evenly chosen. */
const robustSample = 4000

/** Range of y between the 5 % and 95 % quantiles; null without finite values. */
export function robustRange(curves: readonly Float64Array[]): [number, number] | null {
  const finite: number[] = []
  for (const values of curves) {
    const stride = Math.max(1, Math.floor(values.length / robustSample))
    for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) finite.push(values[i]!)
  }
  finite.sort((a, b) => a - b)
  if (finite.length === 0) return null
  const at = (q: number) => finite[Math.round(q * (finite.length - 1))]!
  return finite.length > 2 ? [at(0.05), at(0.95)] : [finite[0]!, finite.at(-1)!]
}
