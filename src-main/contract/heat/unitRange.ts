// The colour range of one unit, in which a unit with small values shows as much as any other.
import { largest, least } from '../longLists.ts'
import type { SignalGrid } from '../inspect.ts'
import type { Kind } from './colormap.ts'

export interface Range {
  lo: number
  hi: number
}

/** Values that the range is found by; of longer texts every n-th one. */
const mostValues = 10_000
/** Share of the values within the range, as within that of all units. */
const within = 0.995

/** The values of one unit, (T). */
export function valuesOf(
  { values, units }: Pick<SignalGrid, 'values' | 'units'>,
  unit: number,
): Float32Array {
  const column = new Float32Array(units > 0 ? Math.floor(values.length / units) : 0)
  for (let t = 0, at = unit; t < column.length; t++, at += units) column[t] = values[at]!
  return column
}

/**
 * The range of the values of one unit over T symbols: for gates from their 0.5 % to their 99.5 % quantile, else symmetric around 0 up to the 99.5 %
 * quantile of |value|. NaN without finite values.
 */
export function unitRange(column: Float32Array, kind: Kind): Range {
  const stride = Math.ceil(column.length / mostValues)
  const sample = column.filter((value, t) => t % stride === 0 && Number.isFinite(value))
  const sorted = (kind === 'gate' ? sample : sample.map(Math.abs)).sort()
  if (sorted.length === 0) return { lo: NaN, hi: NaN }
  const hi = sorted[Math.ceil(within * (sorted.length - 1))]!
  return kind === 'gate'
    ? { lo: sorted[Math.floor((1 - within) * (sorted.length - 1))]!, hi }
    : { lo: 0 - hi, hi }
}

/** The smallest range that holds all of them, those without finite values left out. */
export const jointRange = (ranges: readonly Range[]): Range => ({
  lo: least(ranges.map(({ lo }) => lo).filter(Number.isFinite)),
  hi: largest(ranges.map(({ hi }) => hi).filter(Number.isFinite)),
})
