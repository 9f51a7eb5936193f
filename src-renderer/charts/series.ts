// A curve as columns, its x axis (step, epoch, time) and its smoothing. Sorts by step where needed; drops no value.
import type { Points } from '@contract/thin.ts'

/** Columns of length N: steps, values (may be NaN or infinite), times in milliseconds since 1970, and points that each entry stands for. */
export type Columns = Points

export const xAxes = ['step', 'epoch', 'time'] as const
export type XAxis = (typeof xAxes)[number]

/** Conversion of steps to other axes: epochs per step (0 if unknown) and start of the run in milliseconds since 1970. */
export interface Clock {
  epochsPerStep: number
  startedAt: number
}

/** A curve to draw as columns of length N, ascending in x: `raw` the measured values, `smooth` the smoothed ones. */
export interface Curve {
  x: Float64Array
  steps: Float64Array
  raw: Float64Array
  smooth: Float64Array
  /** Number of measured points per entry; default 1. */
  counts?: Float64Array | undefined
}

/** x of every point: step, epoch, or seconds since the start of the run (non-decreasing even if the clock was set back). */
export function xValues(columns: Columns, axis: XAxis, clock: Clock): Float64Array {
  if (axis === 'time') {
    let latest = -Infinity
    return columns.times.map((t) => (latest = Math.max(latest, (t - clock.startedAt) / 1000)))
  }
  if (axis === 'epoch' && clock.epochsPerStep > 0) return columns.steps.map((s) => s * clock.epochsPerStep)
  return columns.steps
}

/** Columns in ascending order of step; of entries with the same step the last recorded one. */
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

/** The curve of one metric, sorted and smoothed over the whole series before any decimation. */
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

/** Maximum evenly spaced values per curve that enter the quantiles. */
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
