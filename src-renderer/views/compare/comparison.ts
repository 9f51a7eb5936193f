// Difference of a value to that of the baseline, and the run ids of a link. Pure.
import type { Direction } from '@contract/metrics.ts'
import { formatNumber } from '../../ui/format.ts'

export interface Delta {
  text: string
  /** Whether the change is an improvement; null without a better direction or without a change. */
  good: boolean | null
}

/** Absolute and relative difference to the baseline: "−0.1200 (−9.1 %)". Null if either value is not finite. */
export function deltaOf(value: number | null, base: number | null, direction: Direction): Delta | null {
  if (value === null || base === null || !Number.isFinite(value) || !Number.isFinite(base)) return null
  const change = value - base
  if (change === 0) return { text: '±0', good: null }
  const share = base === 0 ? '' : ` (${signed((change / Math.abs(base)) * 100, 2)} %)`
  return {
    text: `${signed(change, 3)}${share}`,
    good: direction ? change < 0 === (direction === 'min') : null,
  }
}

const signed = (value: number, digits: number) => `${value > 0 ? '+' : ''}${formatNumber(value, digits)}`

/** Maximum runs of one comparison. */
export const mostCompared = 50

/** Valid run ids of a query parameter, without duplicates. */
export function idsOf(query: unknown): string[] {
  const text = Array.isArray(query) ? query.join(',') : typeof query === 'string' ? query : ''
  return [...new Set(text.split(',').filter((id) => /^[0-9a-z]{26}$/.test(id)))]
}
