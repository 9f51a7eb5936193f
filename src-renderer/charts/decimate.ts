// Thinning for the screen: per pixel column the first, lowest, highest and last point, so the drawn line covers the same pixels as the
// whole one and no spike is lost. Non-finite values become gaps and are reported as marks. Knows no chart library.
import { lowerBound } from './series.ts'

export interface Point {
  x: number
  /** NaN = a gap in the line. */
  y: number
}

/** A stretch of neighbouring non-finite values: first and last step, how many, at which x it starts. */
export interface Mark {
  kind: 'NaN' | 'Infinity' | '-Infinity'
  x: number
  step: number
  lastStep: number
  count: number
}

export interface Thinned {
  points: Point[]
  /** Points in the range that a line can show, before thinning. */
  total: number
  /** Points left out on a logarithmic axis because they are not positive. */
  unloggable: number
}

/**
 * Points of x, y (N each, x ascending) within [from, to] plus one neighbour on each side, at most 4 per each of `columns` columns.
 * Fewer than 4 points per column are all kept. `log` turns values <= 0 into gaps.
 */
export function decimate(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  columns: number,
  log = false,
): Thinned {
  const begin = Math.max(0, lowerBound(x, from) - 1)
  let end = lowerBound(x, to)
  while (end < x.length && x[end]! <= to) end++
  end = Math.min(x.length, end + 1)
  const points: Point[] = []
  let unloggable = 0
  let total = 0
  const width = Math.max(1, Math.floor(columns))
  const keepAll = end - begin <= width * 4
  const scale = to > from ? width / (to - from) : 0
  let column = -2
  let bucket: number[] = []

  const emit = (i: number) => points.push({ x: x[i]!, y: y[i]! })
  const gap = (at: number) => {
    if (points.length > 0 && !Number.isNaN(points.at(-1)!.y)) points.push({ x: at, y: NaN })
  }
  const flush = () => {
    if (bucket.length === 0) return
    let low = bucket[0]!
    let high = low
    for (const i of bucket) {
      if (y[i]! < y[low]!) low = i
      if (y[i]! > y[high]!) high = i
    }
    const chosen = [...new Set([bucket[0]!, low, high, bucket.at(-1)!])].sort((a, b) => a - b)
    chosen.forEach(emit)
    bucket = []
  }

  for (let i = begin; i < end; i++) {
    const at = x[i]!
    const value = y[i]!
    const drawable = Number.isFinite(value) && (!log || value > 0)
    if (drawable && at >= from && at <= to) total++
    if (!drawable) {
      if (Number.isFinite(value)) unloggable++
      flush()
      gap(at)
      continue
    }
    if (keepAll) {
      emit(i)
      continue
    }
    const here = at < from ? -1 : at > to ? width : Math.min(width - 1, Math.floor((at - from) * scale))
    if (here !== column) {
      flush()
      column = here
    }
    bucket.push(i)
  }
  flush()
  if (points.length > 0 && Number.isNaN(points.at(-1)!.y)) points.pop()
  return { points, total, unloggable }
}

/** Where a curve is not finite: neighbouring values of one kind form one mark. */
export function marksOf(x: Float64Array, steps: Float64Array, values: Float64Array): Mark[] {
  const marks: Mark[] = []
  let open: Mark | undefined
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isFinite(value)) {
      open = undefined
      continue
    }
    const kind = Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
    if (open?.kind === kind) {
      open.lastStep = steps[i]!
      open.count++
    } else {
      open = { kind, x: x[i]!, step: steps[i]!, lastStep: steps[i]!, count: 1 }
      marks.push(open)
    }
  }
  return marks
}

/** A mark in words, for the axis and for screen readers. */
export const markText = (mark: Mark): string =>
  mark.count === 1
    ? `${mark.kind} at step ${mark.step}`
    : `${mark.kind} from step ${mark.step} to ${mark.lastStep} (${mark.count} points)`
