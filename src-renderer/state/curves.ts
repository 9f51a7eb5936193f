// One curve in columns, of points that were measured; a long one stands for more points than it holds. Grown by events, cut when a run
// goes back, refined where a chart is zoomed in. Pure.
import type { MetricChunk } from '@contract/run.ts'
import { countOf, joined, thin, type Points } from '@contract/thin.ts'

/** Buckets per curve that a page holds: more than a chart has pixels for. */
export const pageBuckets = 1000
/** A curve that has grown longer is thinned anew. */
const mostPoints = 12 * pageBuckets

/** Arrays hold exactly the points known, steps ascending; a changed curve is a new object. `count`: how many points they stand for. */
export interface Column extends Readonly<Points> {
  readonly name: string
  readonly count: number
}

/** First index whose step is greater than `step`. */
export function indexAfter(steps: Float64Array, step: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle]! > step) high = middle
    else low = middle + 1
  }
  return low
}

/** Points `from` to `to` (indices), on memory of their own. */
function part({ steps, values, times, counts, means }: Points, from: number, to: number): Points {
  const points = {
    steps: steps.slice(from, to),
    values: values.slice(from, to),
    times: times.slice(from, to),
  }
  return counts && means
    ? { ...points, counts: counts.slice(from, to), means: means.slice(from, to) }
    : points
}

/** Points that are told to stand for `count` of them: the difference falls to point `at`. */
function standingFor(points: Points, count: number, at: number): Points {
  const difference = count - countOf(points)
  if (difference === 0 || at >= points.steps.length) return points
  const counts = points.counts ?? points.steps.map(() => 1)
  counts[at] = Math.max(1, counts[at]! + difference)
  return { ...points, counts, means: points.means ?? points.values.slice() }
}

/** `old` followed by `added`, both exact. Spare room behind the view makes growing cheap: amortised O(new points). */
function extended(old: Points, added: Points): Points {
  const used = old.steps.length
  const length = used + added.steps.length
  const join = (name: 'steps' | 'values' | 'times'): Float64Array => {
    const room = old[name].buffer.byteLength / 8
    const base = room >= length ? new Float64Array(old[name].buffer, 0, length) : new Float64Array(Math.ceil(length * 1.5)) // prettier-ignore
    if (room < length) base.set(old[name])
    base.set(added[name], used)
    return base.subarray(0, length)
  }
  return { steps: join('steps'), values: join('values'), times: join('times') }
}

/** `old` followed by the points of `chunk` that are later. */
export function grow(old: Column | undefined, chunk: MetricChunk): Column {
  const { name, total } = chunk
  if (!old) return { name, ...part(chunk, 0, chunk.steps.length), count: countOf(chunk) }
  const from = old.steps.length ? indexAfter(chunk.steps, old.steps.at(-1)!) : 0
  if (from === chunk.steps.length) return old
  const later = part(chunk, from, chunk.steps.length)
  const added = total === undefined ? later : standingFor(later, total - old.count, 0)
  const points = old.counts || added.counts ? joined([old, added]) : extended(old, added)
  const kept = points.steps.length > mostPoints ? thin(points, pageBuckets) : points
  return { name, ...kept, count: old.count + countOf(added) }
}

/** The points up to and including `step`, on memory of their own: what follows may be written anew. */
export function cut(column: Column, step: number): Column {
  const length = indexAfter(column.steps, step)
  if (length === column.steps.length) return column
  const points = part(column, 0, length)
  return { name: column.name, ...points, count: countOf(points) }
}

/** The curve with what `chunk` knows of the steps `from` to `to` in place of what it held there. */
export function refined(column: Column, chunk: Points, from: number, to: number): Column {
  const [begin, end] = [indexAfter(column.steps, from - 1e-9), indexAfter(column.steps, to)]
  const before = thin(part(column, 0, begin), pageBuckets)
  const after = thin(part(column, end, column.steps.length), pageBuckets)
  const points = joined([before, chunk, after])
  // What was thinned across the borders counts behind them.
  const border = Math.min(before.steps.length + chunk.steps.length, points.steps.length - 1)
  return { name: column.name, ...standingFor(points, column.count, border), count: column.count }
}

/** Whether points between two steps, both of points of the curve, are missing from it. */
export function isThinned({ steps, counts }: Points, from: number, to: number): boolean {
  const between = counts?.subarray(indexAfter(steps, from), indexAfter(steps, to))
  return between?.some((count) => count > 1) ?? false
}
