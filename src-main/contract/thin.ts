// Thins long curves: steps are divided into buckets of equal width, and of each the first, lowest, highest and last point are kept, with
// the first NaN and the first of each infinity. Kept points are measured ones, each with the number of points that it represents.
import type { MetricChunk } from './run.ts'

export type Points = Omit<MetricChunk, 'name' | 'total'>

/** Default number of buckets per series. */
export const defaultBuckets = 2000
/** A curve with at most this many points per bucket is not thinned. */
export const minPointsPerBucket = 4

/** A point of a bucket, with count and sum of the bucket's points up to and including it. */
interface Candidate {
  order: number
  step: number
  value: number
  time: number
  count: number
  finite: number
  sum: number
}

type Kept = Record<'first' | 'last', Candidate> &
  Partial<Record<'low' | 'high' | 'nan' | 'up' | 'down', Candidate>>

/** Collects the points of one curve, in ascending steps, in buckets that divide the steps `from` to `to`. */
export function thinner(from: number, to: number, buckets: number) {
  const scale = to > from ? buckets / (to - from) : 0
  const steps: number[] = []
  const values: number[] = []
  const times: number[] = []
  const counts: number[] = []
  const means: number[] = []
  let bucket = -1
  let kept: Kept | undefined
  let order = 0
  let [count, finite, sum] = [0, 0, 0]
  let whole = true

  function close(): void {
    if (!kept) return
    let previous = { order: 0, count: 0, finite: 0, sum: 0 }
    for (const at of Object.values(kept).sort((a, b) => a.order - b.order)) {
      if (at.order === previous.order) continue
      steps.push(at.step)
      values.push(at.value)
      times.push(at.time)
      counts.push(at.count - previous.count)
      means.push((at.sum - previous.sum) / (at.finite - previous.finite))
      if (at.count - previous.count !== 1) whole = false
      previous = at
    }
    kept = undefined
    ;[order, count, finite, sum] = [0, 0, 0, 0]
  }

  return {
    take({ steps: at, values: of, times: when, counts: many, means: mean }: Points): void {
      for (let i = 0; i < at.length; i++) {
        const [step, value] = [at[i]!, of[i]!]
        const here = Math.min(buckets - 1, Math.max(0, Math.floor((step - from) * scale)))
        if (here !== bucket) close()
        bucket = here
        const represents = many ? many[i]! : 1
        const average = mean ? mean[i]! : value
        count += represents
        if (Number.isFinite(average)) {
          finite += represents
          sum += average * represents
        }
        const point = { order: ++order, step, value, time: when[i]!, count, finite, sum }
        kept ??= { first: point, last: point }
        kept.last = point
        if (Number.isFinite(value)) {
          if (!kept.low || value < kept.low.value) kept.low = point
          if (!kept.high || value > kept.high.value) kept.high = point
        } else if (Number.isNaN(value)) kept.nan ??= point
        else if (value > 0) kept.up ??= point
        else kept.down ??= point
      }
    },
    /** The kept points; without counts and means if all points were kept. */
    result(): Points {
      close()
      const columns = {
        steps: Float64Array.from(steps),
        values: Float64Array.from(values),
        times: Float64Array.from(times),
      }
      return whole
        ? columns
        : { ...columns, counts: Float64Array.from(counts), means: Float64Array.from(means) }
    },
  }
}

/** Concatenates sections of one curve. */
export function concatPoints(parts: readonly Points[]): Points {
  const length = parts.reduce((sum, { steps }) => sum + steps.length, 0)
  const column = (of: (part: Points) => Float64Array) => {
    const all = new Float64Array(length)
    let at = 0
    for (const part of parts) {
      all.set(of(part), at)
      at += part.steps.length
    }
    return all
  }
  const points = {
    steps: column((part) => part.steps),
    values: column((part) => part.values),
    times: column((part) => part.times),
  }
  if (!parts.some((part) => part.counts)) return points
  return {
    ...points,
    counts: column((part) => part.counts ?? part.steps.map(() => 1)),
    means: column((part) => part.means ?? part.values),
  }
}

/** The points of a curve thinned to `buckets` between its first and last step; unchanged if it is short. */
export function thin(points: Points, buckets: number): Points {
  const { steps } = points
  if (steps.length <= buckets * minPointsPerBucket) return points
  const gathered = thinner(steps[0]!, steps.at(-1)!, buckets)
  gathered.take(points)
  return gathered.result()
}

/** The number of measured points that thinned points represent. */
export const countOf = ({ steps, counts }: Points): number =>
  counts ? counts.reduce((sum, count) => sum + count, 0) : steps.length
