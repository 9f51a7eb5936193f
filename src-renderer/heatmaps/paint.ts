// Paints a heatmap into RGBA words, and finds runs of equal colour for the background of text lines. Pure: no canvas, no DOM.
import { missingIndex, zeroIndex, type Kind } from '@contract/heat/colormap.ts'
import type { Heatmap } from './heatmap.ts'

/**
 * Fills `pixels` (rows x columns RGBA words) with units in `order` from top to bottom and all T steps from left to right. A pixel that
 * covers several cells shows the one farthest from neutral, so that a single firing stays visible at any zoom.
 */
export function paintOverview(
  pixels: Uint32Array,
  columns: number,
  rows: number,
  heatmap: Heatmap,
  order: readonly number[],
  colors: Uint32Array,
): void {
  const { length, index } = heatmap
  const neutral = heatmap.kind === 'gate' ? 1 : zeroIndex
  if (length === 0 || order.length === 0) return
  // Fewer rows than units: a row shows the strongest of its units. More: a unit takes several equal rows.
  const strongest = new Uint8Array(columns)
  let painted = -1
  for (let row = 0; row < rows; row++) {
    const first = Math.floor((row * order.length) / rows)
    const last = Math.max(first + 1, Math.floor(((row + 1) * order.length) / rows))
    if (first === painted && last === first + 1) {
      pixels.copyWithin(row * columns, (row - 1) * columns, row * columns)
      continue
    }
    painted = last === first + 1 ? first : -1
    for (let column = 0; column < columns; column++) {
      const begin = Math.floor((column * length) / columns)
      const end = Math.max(begin + 1, Math.floor(((column + 1) * length) / columns))
      let best = missingIndex
      let distance = -1
      for (let r = first; r < last; r++) {
        const base = order[r]! * length
        for (let t = begin; t < end; t++) {
          const entry = index[base + t]!
          const away = entry === missingIndex ? -1 : Math.abs(entry - neutral)
          if (away > distance) {
            distance = away
            best = entry
          }
        }
      }
      strongest[column] = best
    }
    const start = row * columns
    for (let column = 0; column < columns; column++) pixels[start + column] = colors[strongest[column]!]!
  }
}

/** Row and time step of the heatmap cell under a pixel of a canvas of `columns` x `rows` pixels. */
export function cellAt(
  x: number,
  y: number,
  columns: number,
  rows: number,
  length: number,
  units: number,
): { row: number; t: number } {
  const clamp = (v: number, max: number) => Math.min(max, Math.max(0, v))
  return {
    row: clamp(Math.floor((y / rows) * units), units - 1),
    t: clamp(Math.floor((x / columns) * length), length - 1),
  }
}

export interface Run {
  /** First symbol, and one past the last symbol, of a run of one colour. */
  begin: number
  end: number
  entry: number
}

/** Runs of equal palette entries among symbols begin..end (exclusive), without those of the neutral entry. */
export function runsOf(row: Uint8Array, begin: number, end: number, kind: Kind): Run[] {
  const neutral = kind === 'gate' ? 1 : zeroIndex
  const runs: Run[] = []
  for (let t = begin; t < end;) {
    const entry = row[t]!
    let next = t + 1
    while (next < end && row[next] === entry) next++
    if (entry !== neutral) runs.push({ begin: t, end: next, entry })
    t = next
  }
  return runs
}
