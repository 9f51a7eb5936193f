// How far a run of a comparison is from the baseline, and the runs of a link. Pure.
import type { Direction } from '@contract/metrics.ts'
import { formatNumber } from '../../ui/format.ts'

export interface Delta {
  text: string
  /** Whether the change is to the good; null without a direction or without a change. */
  good: boolean | null
}

/** Difference to the baseline with its share: "−0.1200 (−9.1 %)". Null where either is not a number. */
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

/** Most runs of one comparison. */
export const mostCompared = 50

/** Ids of a link: well formed, once each. */
export function idsOf(query: unknown): string[] {
  const text = Array.isArray(query) ? query.join(',') : typeof query === 'string' ? query : ''
  return [...new Set(text.split(',').filter((id) => /^[0-9a-z]{26}$/.test(id)))]
}
