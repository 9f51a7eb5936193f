// The colours of one unit over a text: in the range of all units of its signal, or in a range of its own. Draws nothing.
import { entryOf, type Kind } from '@contract/heat/colormap.ts'
import type { Range } from '@contract/heat/unitRange.ts'
import { rowOf, type Heatmap } from './heatmap.ts'

/** One unit over T symbols. */
export interface UnitColours extends Range {
  /** Palette entries (T). */
  row: Uint8Array
  /** Share of the values outside the range, 0..1. */
  clipped: number
}

/** The unit as in the map of all units. */
export const sharedColours = (heatmap: Heatmap, unit: number): UnitColours => ({
  row: rowOf(heatmap, unit),
  lo: heatmap.lo,
  hi: heatmap.hi,
  clipped: heatmap.stats[unit]?.clipped ?? 0,
})

/** The values (T) of a unit in another range. */
export function coloursIn(column: Float32Array, kind: Kind, { lo, hi }: Range): UnitColours {
  const entry = entryOf(kind, lo, hi)
  const slack = 1e-6 * Math.max(Math.abs(lo), Math.abs(hi))
  let [finite, outside] = [0, 0]
  const row = Uint8Array.from(column, (value) => {
    if (Number.isFinite(value)) {
      finite++
      if (value < lo - slack || value > hi + slack) outside++
    }
    return entry(value)
  })
  return { row, lo, hi, clipped: outside / Math.max(1, finite) }
}
