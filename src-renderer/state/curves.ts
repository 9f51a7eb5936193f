// One curve as columns of measured points; a long curve is thinned. It grows by events, is truncated when a run goes back to a checkpoint,
// and is refined where a chart is zoomed in. Pure.
import type { MetricChunk } from '@contract/run.ts'
import { countOf, concatPoints, thin, type Points } from '@contract/thin.ts'

/** Buckets per curve kept by the page: more than a chart has pixel columns. */
export const pageBuckets = 1000
/** Number of points above which a curve is thinned again. */
const mostPoints = 12 * pageBuckets

/** Columns of the known points, steps ascending; immutable. `count`: number of measured points that the curve stands for. */
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

/** A copy of the points with indices `from` to `to` (exclusive). */
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

/** The points with their counts summing to `count`; the difference is added to point `at`. */
function standingFor(points: Points, count: number, at: number): Points {
  const difference = count - countOf(points)
  if (difference === 0 || at >= points.steps.length) return points
  const counts = points.counts ?? points.steps.map(() => 1)
  counts[at] = Math.max(1, counts[at]! + difference)
  return { ...points, counts, means: points.means ?? points.values.slice() }
}

/** `old` followed by `added`, both not thinned. Spare capacity behind the views makes appending amortised O(new points). */
function extended(old: Points, added: Points): Points {
  const used = old.steps.length
  const length = used + added.steps.length
  const join = (name: 'steps' | 'values' | 'times'): Float64Array => {
    const room = old[name].buffer.byteLength / 8
    const base =
      room >= length
        ? new Float64Array(old[name].buffer, 0, length)
        : new Float64Array(Math.ceil(length * 1.5))
    if (room < length) base.set(old[name])
    base.set(added[name], used)
    return base.subarray(0, length)
  }
  return { steps: join('steps'), values: join('values'), times: join('times') }
}

/** `old` followed by the points of `chunk` with later steps. */
export function grow(old: Column | undefined, chunk: MetricChunk): Column {
  const { name, total } = chunk
  if (!old) return { name, ...part(chunk, 0, chunk.steps.length), count: countOf(chunk) }
  const from = old.steps.length ? indexAfter(chunk.steps, old.steps.at(-1)!) : 0
  if (from === chunk.steps.length) return old
  const later = part(chunk, from, chunk.steps.length)
  const added = total === undefined ? later : standingFor(later, total - old.count, 0)
  const points = old.counts || added.counts ? concatPoints([old, added]) : extended(old, added)
  const kept = points.steps.length > mostPoints ? thin(points, pageBuckets) : points
  return { name, ...kept, count: old.count + countOf(added) }
}

/** A copy of the points up to and including `step`; later steps will be recorded again. */
export function cut(column: Column, step: number): Column {
  const length = indexAfter(column.steps, step)
  if (length === column.steps.length) return column
  const points = part(column, 0, length)
  return { name: column.name, ...points, count: countOf(points) }
}

/** The curve with its points in steps `from` to `to` replaced by those of `chunk`. */
export function refined(column: Column, chunk: Points, from: number, to: number): Column {
  const [begin, end] = [indexAfter(column.steps, from - 1e-9), indexAfter(column.steps, to)]
  const before = thin(part(column, 0, begin), pageBuckets)
  const after = thin(part(column, end, column.steps.length), pageBuckets)
  const points = concatPoints([before, chunk, after])
  // Counts of entries thinned across the borders go to the entry after them.
  const border = Math.min(before.steps.length + chunk.steps.length, points.steps.length - 1)
  return { name: column.name, ...standingFor(points, column.count, border), count: column.count }
}

/** Whether the curve lacks measured points between two of its steps. */
export function isThinned({ steps, counts }: Points, from: number, to: number): boolean {
  const between = counts?.subarray(indexAfter(steps, from), indexAfter(steps, to))
  return between?.some((count) => count > 1) ?? false
}
