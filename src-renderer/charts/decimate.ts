// Decimation for drawing (M4: Jugel et al. 2014): per pixel column the first, lowest, highest and last point, so that the line covers the
// same pixels as the whole curve. Values that are not finite become gaps and are reported as marks.
import { lowerBound } from './series.ts'

/** Points to draw as columns of length n; y NaN = a gap in the line. */
export interface Thinned {
  x: Float64Array
  y: Float64Array
  /** Drawable points within both ranges: `total` before decimation, `shown` after it. */
  total: number
  shown: number
  /** Points that a logarithmic axis cannot show because they are not positive. */
  unloggable: number
}

/** A range of consecutive values that are not finite: first and last step, their number, the x of the first. */
export interface Mark {
  kind: 'NaN' | 'Infinity' | '-Infinity'
  x: number
  step: number
  lastStep: number
  /** Undefined if the curve is thinned there, so that the number is not known. */
  count: number | undefined
}

/**
 * Points of x, y (N each, x ascending) within [from, to] plus one neighbour on each side, at most 4 per each of `columns` columns.
 * Ranges with at most 4 points per column are kept whole. `log` turns values <= 0 into gaps. Points outside `inY` are kept, since the line
 * runs through them, but not counted.
 */
export function decimate(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  columns: number,
  log = false,
  inY: readonly [number, number] = [-Infinity, Infinity],
  counts?: Float64Array,
): Thinned {
  const begin = Math.max(0, lowerBound(x, from) - 1)
  let end = lowerBound(x, to)
  while (end < x.length && x[end]! <= to) end++
  end = Math.min(x.length, end + 1)
  const width = Math.max(1, Math.floor(columns))
  const keepAll = end - begin <= width * 4
  const scale = to > from ? width / (to - from) : 0
  // A column gives at most 4 points, and a gap at most one more; columns -1 and `width` hold the neighbours.
  const outX = new Float64Array(end - begin)
  const outY = new Float64Array(end - begin)
  let n = 0
  let [total, shown, unloggable] = [0, 0, 0]
  let column = -2
  // Indices of the points kept of the current column; first < 0 = none yet.
  let [first, low, high, last] = [-1, -1, -1, -1]

  const isInView = (i: number) => x[i]! >= from && x[i]! <= to && y[i]! >= inY[0] && y[i]! <= inY[1]
  const emit = (i: number) => {
    outX[n] = x[i]!
    outY[n++] = y[i]!
    if (isInView(i)) shown++
  }
  const close = () => {
    if (first < 0) return
    const [a, b] = low < high ? [low, high] : [high, low]
    emit(first)
    if (a !== first) emit(a)
    if (b !== a && b !== first) emit(b)
    if (last !== first && last !== a && last !== b) emit(last)
    first = -1
  }

  for (let i = begin; i < end; i++) {
    const at = x[i]!
    const value = y[i]!
    if (!Number.isFinite(value) || (log && value <= 0)) {
      if (Number.isFinite(value)) unloggable++
      close()
      if (n > 0 && outY[n - 1] === outY[n - 1]) {
        outX[n] = at
        outY[n++] = NaN
      }
      continue
    }
    if (isInView(i)) total += counts ? counts[i]! : 1
    if (keepAll) {
      emit(i)
      continue
    }
    const here = at < from ? -1 : at > to ? width : Math.min(width - 1, Math.floor((at - from) * scale))
    if (here !== column || first < 0) {
      close()
      column = here
      first = low = high = i
    } else if (value < y[low]!) low = i
    else if (value > y[high]!) high = i
    last = i
  }
  close()
  if (n > 0 && Number.isNaN(outY[n - 1]!)) n--
  return { x: outX.subarray(0, n), y: outY.subarray(0, n), total, shown, unloggable }
}

/** Lowest and highest y among the points within [from, to]; null without any. */
export function rangeOf(thinned: readonly Thinned[], from: number, to: number): [number, number] | null {
  let [low, high] = [Infinity, -Infinity]
  for (const { x, y } of thinned) {
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < from || x[i]! > to) continue
      if (y[i]! < low) low = y[i]!
      if (y[i]! > high) high = y[i]!
    }
  }
  return low <= high ? [low, high] : null
}

/** Marks of a curve: a mark per range of consecutive values of one kind (NaN, +Infinity, -Infinity). */
export function marksOf(
  x: Float64Array,
  steps: Float64Array,
  values: Float64Array,
  counts?: Float64Array,
): Mark[] {
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
      open.count = open.count === undefined || (counts && counts[i]! > 1) ? undefined : open.count + 1
    } else {
      open = { kind, x: x[i]!, step: steps[i]!, lastStep: steps[i]!, count: 1 }
      marks.push(open)
    }
  }
  return marks
}

/** Text of a mark, for the axis and for screen readers. */
export const markText = (mark: Mark): string =>
  mark.count === 1
    ? `${mark.kind} at step ${mark.step}`
    : `${mark.kind} from step ${mark.step} to ${mark.lastStep}${mark.count === undefined ? '' : ` (${mark.count} points)`}`
