// How well each unit separates a span from the text beside it, and where else the unit that does so best is on. Searches no other text.
import type { SpanMatch } from '../../../contract/spanMatches.ts'
import { runsAtLeast, withoutOverlaps } from './runsOfUnits.ts'
import { signedValue, type Recording } from './signedUnits.ts'

/** Symbols on each side of the span that it is compared with. */
const beside = 60

export interface Contrast {
  signed: number
  /** Mean signed values. */
  inside: number
  outside: number
  /** Probability that the value inside is larger than one beside, ties counting half. */
  auc: number
  /** The value that separates best: the largest difference of the shares inside and beside that reach it. */
  threshold: number
}

/** The symbols at most 60 before and after a span. */
export function symbolsBeside(length: number, { from, to }: { from: number; to: number }): number[] {
  const range = (a: number, b: number) => Array.from({ length: Math.max(0, b - a) }, (_, k) => a + k)
  return [...range(Math.max(0, from - beside), from), ...range(to + 1, Math.min(length, to + 1 + beside))]
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** The contrast of one signed unit between a span and the symbols `outer` beside it. */
export function contrastOf(
  recording: Recording,
  signed: number,
  { from, to }: { from: number; to: number },
  outer: readonly number[],
): Contrast {
  const inside = Array.from({ length: to - from + 1 }, (_, k) => signedValue(recording, signed, from + k))
  const outside = outer.map((t) => signedValue(recording, signed, t))
  const merged = [
    ...inside.map((value) => ({ value, isInside: true })),
    ...outside.map((value) => ({ value, isInside: false })),
  ].sort((a, b) => b.value - a.value)
  let [hits, misses, area, best, threshold] = [0, 0, 0, -Infinity, merged[0]!.value]
  for (let k = 0; k < merged.length;) {
    const { value } = merged[k]!
    const [hitsBefore, missesBefore] = [hits, misses]
    for (; k < merged.length && merged[k]!.value === value; k++)
      if (merged[k]!.isInside) hits++
      else misses++
    area += ((misses - missesBefore) * (hits + hitsBefore)) / 2
    const gain = hits / inside.length - misses / outside.length
    if (gain > best) [best, threshold] = [gain, (value + (merged[k]?.value ?? value)) / 2]
  }
  return {
    signed,
    inside: mean(inside),
    outside: mean(outside),
    auc: area / (inside.length * outside.length),
    threshold,
  }
}

/** Runs of at least two symbols at which a signed unit reaches its threshold, those with the largest mean value first. */
export function runsOfUnit(
  recording: Recording,
  { signed, threshold }: Contrast,
  span: { from: number; to: number },
  top: number,
): { matches: SpanMatch[]; lengths: { length: number; all: number; strict: number }[] } {
  const values = Float64Array.from({ length: recording.length }, (_, t) => signedValue(recording, signed, t))
  const runs = runsAtLeast(values, threshold)
    .filter(([from, to]) => to > from)
    .map(([from, to]) => ({
      from,
      to,
      mean: values.subarray(from, to + 1).reduce((a, b) => a + b, 0) / (to - from + 1),
    }))
    .sort((a, b) => b.mean - a.mean)
  return {
    matches: withoutOverlaps(runs, span, top).map(({ from, to }) => ({ from, to, shared: 1, union: 1 })),
    lengths: [...Map.groupBy(runs, ({ from, to }) => to - from + 1)]
      .sort(([a], [b]) => a - b)
      .map(([length, some]) => ({ length, all: some.length, strict: some.length })),
  }
}
