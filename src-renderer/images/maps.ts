// Signals of units over an image: colours of a map, colour range, units by variance. Pure.
import type { ImageSignals } from '@contract/inspect.ts'
import { largest, least } from '@contract/longLists.ts'
import { entryOf, palette, word, type Kind, type Theme } from '@contract/heat/colormap.ts'

/** Values at the two ends of the colour map. */
export interface Range {
  lo: number
  hi: number
}

/** Colour range of one unit, or of all units (`unit` null); symmetric around zero except for gates. */
export function rangeOf(imageSignals: ImageSignals, kind: Kind, unit: number | null): Range {
  let { lo, hi } = imageSignals
  if (unit !== null) {
    const own = mapOf(imageSignals, unit).filter(Number.isFinite)
    lo = own.length > 0 ? least(own) : 0
    hi = own.length > 0 ? largest(own) : 0
  }
  const reach = Math.max(Math.abs(lo), Math.abs(hi))
  return kind === 'gate' ? { lo, hi } : { lo: -reach, hi: reach }
}

/** RGBA words (rows * columns) of the map of one unit, row by row. */
export function mapWords(
  imageSignals: ImageSignals,
  unit: number,
  kind: Kind,
  { lo, hi }: Range,
  theme: Theme,
): Uint32Array<ArrayBuffer> {
  const colors = palette(kind, theme).map(word)
  const entry = entryOf(kind, lo, hi)
  return Uint32Array.from(mapOf(imageSignals, unit), (value) => colors[entry(value)]!)
}

/** Values (rows * columns) of one unit, row by row, a view of the signal. */
export function mapOf({ picture, values }: ImageSignals, unit: number): Float32Array {
  const places = picture.rows * picture.columns
  return values.subarray(unit * places, (unit + 1) * places)
}

/** Unit numbers by descending variance; ties by number. */
export function byVariance(imageSignals: ImageSignals): number[] {
  const spread = Array.from({ length: imageSignals.units }, (_, unit) => {
    const own = mapOf(imageSignals, unit)
    const mean = own.reduce((s, v) => s + v, 0) / own.length
    return own.reduce((s, v) => s + (v - mean) ** 2, 0)
  })
  return spread.map((_, unit) => unit).sort((a, b) => spread[b]! - spread[a]! || a - b)
}
