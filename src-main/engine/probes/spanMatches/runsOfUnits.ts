// Places of a text where the units of a span are on together, after Strobelt et al., LSTMVis (arXiv 1606.07461): runs of symbols at which many
// of them are on, ordered by the units on throughout that they share with the span.
import type { SpanMatch } from '../../../contract/spanMatches.ts'
import { signedValue, unitsOn, type Recording, type StrictEnds } from './signedUnits.ts'

const maxCandidates = 10_000
const shortest = 2

export interface RunOptions {
  from: number
  to: number
  thresholds: Float64Array
  strict: StrictEnds
  /** Only runs as long as the span. */
  sameLength: boolean
  top: number
}

/** Number of the signed units `chosen` that are on at each symbol. T entries. */
export function countsOn(
  recording: Recording,
  thresholds: Float64Array,
  chosen: readonly number[],
): Uint32Array {
  const counts = new Uint32Array(recording.length)
  for (const s of chosen)
    for (let t = 0; t < recording.length; t++)
      if (signedValue(recording, s, t) >= thresholds[s]!) counts[t]!++
  return counts
}

/** The longest runs of symbols with at least `least`, as pairs of first and last symbol. */
export function runsAtLeast(counts: ArrayLike<number>, least: number): [from: number, to: number][] {
  const runs: [number, number][] = []
  for (let t = 0, from = -1; t <= counts.length; t++) {
    const on = t < counts.length && counts[t]! >= least
    if (on && from < 0) from = t
    if (!on && from >= 0) {
      runs.push([from, t - 1])
      from = -1
    }
  }
  return runs
}

/** Other places at which the signed units `chosen` are on, best first, and the number of candidates by length. */
export function matchRuns(
  recording: Recording,
  chosen: readonly number[],
  { from, to, thresholds, strict, sameLength, top }: RunOptions,
): { matches: SpanMatch[]; lengths: { length: number; all: number; strict: number }[] } {
  const counts = countsOn(recording, thresholds, chosen)
  const all = Array.from({ length: 2 * recording.columns.length }, (_, s) => s)
  const isChosen = new Set(chosen)
  const found = new Map<string, SpanMatch>()
  for (let least = chosen.length; least > 0 && found.size < maxCandidates; least--)
    for (const [a, b] of runsAtLeast(counts, least)) {
      const size = b - a + 1
      if (size < shortest || (sameLength && size !== to - from + 1) || found.has(`${a} ${b}`)) continue
      const on = unitsOn(recording, thresholds, { from: a, to: b }, strict, all)
      const shared = on.reduce((sum, s) => sum + (isChosen.has(s) ? 1 : 0), 0)
      const union = chosen.length + on.length - shared
      found.set(`${a} ${b}`, { from: a, to: b, shared, union })
      if (found.size >= maxCandidates) break
    }
  const lengthOf = (run: SpanMatch) => run.to - run.from + 1
  const sorted = [...found.values()].sort(
    (a, b) => b.shared - a.shared || a.union - b.union || lengthOf(b) - lengthOf(a) || a.from - b.from,
  )
  return {
    matches: withoutOverlaps(
      sorted.filter(({ shared }) => shared > 0),
      { from, to },
      top,
    ),
    lengths: [...Map.groupBy(sorted, lengthOf)]
      .sort(([a], [b]) => a - b)
      .map(([length, runs]) => ({
        length,
        all: runs.length,
        strict: runs.filter(({ shared }) => shared === chosen.length).length,
      })),
  }
}

/** The first `top` that overlap neither one before them nor the span. */
export function withoutOverlaps<R extends { from: number; to: number }>(
  sorted: readonly R[],
  span: { from: number; to: number },
  top: number,
): R[] {
  const kept: R[] = []
  for (const run of sorted) {
    if (kept.length >= top) break
    if ([span, ...kept].every((other) => run.to < other.from || run.from > other.to)) kept.push(run)
  }
  return kept
}
