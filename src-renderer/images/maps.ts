// Signals of units over a picture as colours, and which units vary most. Pure.
import type { ImageSignals } from '@contract/inspect.ts'
import { largest, least } from '@contract/longLists.ts'
import { entryOf, palette, word, type Kind, type Theme } from '../heatmaps/colormap.ts'

/** What the two ends of the colours stand for. */
export interface Range {
  lo: number
  hi: number
}

/** The range of one unit's values, or of all units' (null). Around zero but for gates, as the colours are. */
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

/** RGBA words of one unit's map, row by row. */
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

/** Values of one unit, row by row. */
export function mapOf({ picture, values }: ImageSignals, unit: number): Float32Array {
  const places = picture.rows * picture.columns
  return values.subarray(unit * places, (unit + 1) * places)
}

/** All units, those that vary most first; equal ones by number. */
export function byVariance(imageSignals: ImageSignals): number[] {
  const spread = Array.from({ length: imageSignals.units }, (_, unit) => {
    const own = mapOf(imageSignals, unit)
    const mean = own.reduce((s, v) => s + v, 0) / own.length
    return own.reduce((s, v) => s + (v - mean) ** 2, 0)
  })
  return spread.map((_, unit) => unit).sort((a, b) => spread[b]! - spread[a]! || a - b)
}
