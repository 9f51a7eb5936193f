// Histogram and contexts of a unit over a text: largest, smallest and middle values, and random positions by interval of the range.
import {
  symbolClasses,
  type SymbolClass,
  type UnitContext,
  type UnitInterval,
} from '../../contract/unitCard.ts'
import { isLineBreak } from '../data/lineBreaks.ts'
import { seedWords } from '../nn/initialise.ts'
import { randomStream } from '../run/random.ts'
import type { UnitRecord } from './unitRecord.ts'

const bins = 50
const intervals = 10
const perInterval = 5
const perList = 20
const stream = 0x636f6e74

type Recorded = Pick<UnitRecord, 'tokens' | 'spaces' | 'bounds' | 'values'>

/** Smallest and largest finite value; NaN if there is none. */
export function rangeOf(values: Float32Array): { lo: number; hi: number } {
  let [lo, hi] = [Infinity, -Infinity]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < lo) lo = value
    if (value > hi) hi = value
  }
  return lo <= hi ? { lo, hi } : { lo: NaN, hi: NaN }
}

/** The one of `count` bins of equal width over lo..hi that holds the value; the last bin includes hi. */
const binOf = (value: number, { lo, hi }: { lo: number; hi: number }, count: number): number =>
  hi > lo ? Math.min(count - 1, Math.floor(((value - lo) / (hi - lo)) * count)) : 0

/** The class of a symbol; a word counts as letters if it contains one, else as digits. */
export function classOf(token: string): SymbolClass {
  if (isLineBreak(token)) return 'line break'
  if (/^\s*$/.test(token)) return 'white space'
  if (/\p{L}/u.test(token)) return 'letter'
  return /\p{Nd}/u.test(token) ? 'digit' : 'punctuation'
}

/** Counts (class, bin) of the finite values. */
export function histogramOf({ tokens, values }: Recorded) {
  const range = rangeOf(values)
  const counts = symbolClasses.map(() => Array<number>(bins).fill(0))
  values.forEach((value, t) => {
    if (Number.isFinite(value))
      counts[symbolClasses.indexOf(classOf(tokens[t]!))]![binOf(value, range, bins)]!++
  })
  return { ...range, counts }
}

/** The bins of `histogramOf` where `holds` is 1, and where it is 0. */
export function splitHistogram({ values }: Recorded, holds: ArrayLike<number>) {
  const range = rangeOf(values)
  const counts = [Array<number>(bins).fill(0), Array<number>(bins).fill(0)] as const
  values.forEach((value, t) => {
    if (Number.isFinite(value)) counts[holds[t] === 1 ? 0 : 1][binOf(value, range, bins)]!++
  })
  return { holds: counts[0], others: counts[1] }
}

/** Index of the sequence that holds a position. */
function sequenceAt(bounds: readonly number[], position: number): number {
  let [low, high] = [0, bounds.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (bounds[middle]! <= position) low = middle
    else high = middle - 1
  }
  return low
}

/** The window of `around` symbols on each side of a position, cut at the ends of its sequence. */
function contextAt(
  { tokens, spaces, bounds, values }: Recorded,
  position: number,
  around: number,
): UnitContext {
  const sequence = sequenceAt(bounds, position)
  const start = bounds[sequence]!
  const from = Math.max(start, position - around)
  const to = Math.min(bounds[sequence + 1]!, position + around + 1)
  return {
    position,
    value: values[position]!,
    start,
    from,
    tokens: tokens.slice(from, to),
    spaces: spaces.slice(from, to),
    values: [...values.subarray(from, to)],
  }
}

/** Up to `most` of the positions in their order whose windows do not overlap. */
function apart(positions: Iterable<number>, around: number, most: number): number[] {
  const taken: number[] = []
  for (const position of positions) {
    if (taken.length === most) break
    if (taken.every((other) => Math.abs(other - position) > 2 * around)) taken.push(position)
  }
  return taken
}

/** Contexts of the largest and smallest values, and of those nearest to the median, ties by position. */
export function extremesOf(recorded: Recorded, around: number) {
  const { values } = recorded
  const order = [...values.keys()].filter((t) => Number.isFinite(values[t]))
  order.sort((a, b) => values[a]! - values[b]! || a - b)
  const median = values[order[order.length >> 1] ?? -1] ?? NaN
  const list = (positions: number[]) =>
    apart(positions, around, perList).map((t) => contextAt(recorded, t, around))
  return {
    top: list(order.toSorted((a, b) => values[b]! - values[a]! || a - b)),
    bottom: list(order),
    middle: list(
      order.toSorted((a, b) => Math.abs(values[a]! - median) - Math.abs(values[b]! - median) || a - b),
    ),
  }
}

/** Ten intervals of the range with the share of positions in each and random contexts, which depend on the seed alone. */
export function intervalsOf(recorded: Recorded, around: number, seed: number): UnitInterval[] {
  const { values } = recorded
  const range = rangeOf(values)
  const members: number[][] = Array.from({ length: intervals }, () => [])
  values.forEach((value, t) => {
    if (Number.isFinite(value)) members[binOf(value, range, intervals)]!.push(t)
  })
  const total = members.reduce((n, { length }) => n + length, 0)
  const width = (range.hi - range.lo) / intervals
  return members.map((positions, i) => ({
    lo: range.lo + i * width,
    hi: i === intervals - 1 ? range.hi : range.lo + (i + 1) * width,
    share: total > 0 ? positions.length / total : 0,
    contexts: apart(shuffled(positions, seed, i), around, perInterval)
      .sort((a, b) => a - b)
      .map((t) => contextAt(recorded, t, around)),
  }))
}

/** The positions in a random order, drawn one by one (Fisher and Yates). */
function* shuffled(positions: readonly number[], seed: number, interval: number): Generator<number> {
  const rest = [...positions]
  const random = randomStream({ seed: seedWords(seed), step: interval }, stream)
  for (let i = 0; i < rest.length; i++) {
    const k = i + random.below(rest.length - i)
    yield rest[k]!
    rest[k] = rest[i]!
  }
}
