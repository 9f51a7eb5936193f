// Heatmap of a signal: values (T, H) become palette entries (H, T), one byte each, so that the row of a unit is contiguous; with
// statistics per unit for sorting. Draws nothing.
import type { RankedUnit, SignalGrid } from '@contract/inspect.ts'
import { clusterOrder } from './clusterOrder.ts'
import { entryOf, type Kind } from '@contract/heat/colormap.ts'

export interface UnitStats {
  unit: number
  mean: number
  variance: number
  min: number
  max: number
  /** Share of values outside the colour range, 0..1. */
  clipped: number
}

/** Palette entries of a signal of `units` (H) units over `length` (T) symbols, with the colour range [lo, hi] and statistics per unit. */
export interface Heatmap {
  length: number
  units: number
  kind: Kind
  lo: number
  hi: number
  /** Palette entries (H, T), unit by unit. */
  index: Uint8Array
  stats: UnitStats[]
}

/** Makes the heatmap in one pass over values (T, H), transposed in blocks of 64 steps for cache locality. */
export function heatmapOf(signal: Pick<SignalGrid, 'values' | 'units' | 'lo' | 'hi'>, kind: Kind): Heatmap {
  const { values, units, lo, hi } = signal
  const length = units > 0 ? Math.floor(values.length / units) : 0
  const index = new Uint8Array(length * units)
  const reach = Math.max(Math.abs(lo), Math.abs(hi))
  const [low, high] = kind === 'gate' ? [lo, hi] : [-reach, reach]
  const entry = entryOf(kind, lo, hi)
  const slack = 1e-6 * Math.max(1, reach)
  const sums = Array.from({ length: units }, () => ({
    n: 0,
    first: 0,
    sum: 0,
    square: 0,
    min: Infinity,
    max: -Infinity,
    out: 0,
  }))
  const block = 64
  for (let begin = 0; begin < length; begin += block) {
    const end = Math.min(length, begin + block)
    for (let u = 0; u < units; u++) {
      const own = sums[u]!
      const base = u * length
      for (let t = begin, at = begin * units + u; t < end; t++, at += units) {
        const value = values[at]!
        index[base + t] = entry(value)
        if (value - value !== 0) continue
        if (own.n++ === 0) own.first = value
        // Sums of deviations from the first value avoid cancellation for units with a small variance.
        const away = value - own.first
        own.sum += away
        own.square += away * away
        if (value < own.min) own.min = value
        if (value > own.max) own.max = value
        if (value < low - slack || value > high + slack) own.out++
      }
    }
  }
  const stats = sums.map(({ n, first, sum, square, min, max, out }, unit): UnitStats => {
    const mean = sum / n
    const variance = Math.max(0, square / n - mean * mean)
    return n > 0
      ? { unit, mean: first + mean, variance, min, max, clipped: out / n }
      : { unit, mean: NaN, variance: NaN, min: NaN, max: NaN, clipped: 0 }
  })
  return { length, units, kind, lo: low, hi: high, index, stats }
}

/** The palette entries (T) of one unit, a view of the heatmap. */
export const rowOf = (heatmap: Heatmap, unit: number): Uint8Array =>
  heatmap.index.subarray(unit * heatmap.length, (unit + 1) * heatmap.length)

export const unitOrders = ['number', 'variance', 'similarity', 'score'] as const
export type UnitOrder = (typeof unitOrders)[number]

/** Unit numbers by number, by descending variance, clustered by similarity, or by descending score of a search with the others last. */
export function orderUnits(heatmap: Heatmap, order: UnitOrder, scores: readonly RankedUnit[] = []): number[] {
  const units = heatmap.stats.map((s) => s.unit)
  if (order === 'variance') {
    const variance = (u: number) => heatmap.stats[u]!.variance || 0
    return units.sort((a, b) => variance(b) - variance(a) || a - b)
  }
  if (order === 'similarity') return clusterOrder(heatmap)
  if (order === 'score') {
    const found = new Map(scores.map((s) => [s.unit, s.score]))
    return units.sort((a, b) => (found.get(b) ?? -1) - (found.get(a) ?? -1) || a - b)
  }
  return units
}

/** The unit with the largest variance; 0 if there is none. */
export const widestUnit = (heatmap: Heatmap): number => orderUnits(heatmap, 'variance')[0] ?? 0
