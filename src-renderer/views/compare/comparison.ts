// What the table of a comparison says: which run leads in a row, and how far each is from the baseline. Pure.
import { largest, least } from '@contract/longLists.ts'
import { formatNumber } from '../../ui/format.ts'

export type Direction = 'min' | 'max' | null

/** Indices of the best values of a row (ties share); none without a direction or with fewer than two numbers. */
export function leaders(values: readonly (number | null)[], direction: Direction): Set<number> {
  const finite = values.filter((v): v is number => v !== null && Number.isFinite(v))
  if (!direction || finite.length < 2) return new Set()
  const best = direction === 'min' ? least(finite) : largest(finite)
  if (finite.every((v) => v === best)) return new Set()
  return new Set(values.flatMap((v, i) => (v === best ? [i] : [])))
}

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

/** The last step that all runs have reached; null where they all stand at the same one or one has not begun. */
export function commonStep(steps: readonly number[]): number | null {
  const [low, high] = [least(steps), largest(steps)]
  return steps.length > 1 && low > 0 && low < high ? low : null
}

export interface Measured {
  best: number | null
  bestStep: number | null
  last: number | null
  lastStep: number | null
}

/** The best and the last value of a curve up to a step, each with the step it was measured at. */
export function measuredUpTo(
  columns: { steps: ArrayLike<number>; values: ArrayLike<number> } | undefined,
  step: number,
  direction: Direction,
): Measured {
  const found: Measured = { best: null, bestStep: null, last: null, lastStep: null }
  for (let i = 0; i < (columns?.steps.length ?? 0); i++) {
    const [at, value] = [columns!.steps[i]!, columns!.values[i]!]
    if (at > step) continue
    if (at >= (found.lastStep ?? 0)) [found.last, found.lastStep] = [value, at]
    const better = found.best === null || (direction === 'max' ? value > found.best : value < found.best)
    if (direction && Number.isFinite(value) && better) [found.best, found.bestStep] = [value, at]
  }
  return found
}

const signed = (value: number, digits: number) => `${value > 0 ? '+' : ''}${formatNumber(value, digits)}`

/** Most runs of one comparison. */
export const mostCompared = 50

/** Ids of a link: well formed, once each. */
export function idsOf(query: unknown): string[] {
  const text = Array.isArray(query) ? query.join(',') : typeof query === 'string' ? query : ''
  return [...new Set(text.split(',').filter((id) => /^[0-9a-z]{26}$/.test(id)))]
}
