// What must hold of spans: inside a quotation the quote unit is among the units of the span, and the matches are quotations, too.
import type { TrainedModel } from '../../src-main/engine/index.ts'
import { spanMatches } from '../../src-main/engine/probes/spanMatches/spanMatches.ts'
import { quotedTokens } from '../../src-main/engine/probes/spans.ts'
import { median, type Check } from './bed.ts'

const spans = 40
const textLength = 20_000
/** Symbols of a span, taken from the middle of a quotation. */
const longestSpan = 12

/** A part of a quotation, and the whole of it without its marks. */
interface QuotedSpan {
  part: { from: number; to: number }
  whole: { from: number; to: number }
}

/** The first quotations of a text that are long enough, behind the warm-up symbols. */
function quotedSpans(quoted: Uint8Array): QuotedSpan[] {
  const found: QuotedSpan[] = []
  for (let t = 100; t < quoted.length && found.length < spans; t++) {
    if (!quoted[t] || quoted[t - 1]) continue
    const end = quoted.indexOf(0, t)
    if (end - t > longestSpan + 2)
      found.push({ part: { from: t + 1, to: t + longestSpan }, whole: { from: t + 1, to: end - 1 } })
  }
  return found
}

/** Checks over 40 quoted spans; `unit`: the unit of c that remembers an open quotation. */
export function spanChecks(model: TrainedModel, text: string, unit: number): Check[] {
  const read = text.slice(0, textLength)
  const quoted = quotedTokens([...read], [])
  const places = quotedSpans(quoted)
  const options = { text: read, signal: 'tanh_c', threshold: 0.3, sameLength: false, top: 50 } as const
  let [holding, inside, matched] = [0, 0, 0]
  const precisions: number[] = []
  const ranks: number[] = []
  for (const { part, whole } of places) {
    const overlap = spanMatches(model, { ...options, ...part, mode: 'overlap', strict: 'none' })
    if (overlap.units.some((one) => one.unit === unit)) holding++
    for (const { from, to } of overlap.matches) {
      inside += quoted.subarray(from, to + 1).reduce((sum, one) => sum + one, 0)
      matched += to - from + 1
    }
    // Beside a part of a quotation stands more of it: only the whole is a contrast.
    const contrast = spanMatches(model, { ...options, ...whole, mode: 'contrast', strict: 'none' })
    const rank = contrast.units.findIndex((one) => one.unit === unit)
    ranks.push(rank < 0 ? contrast.units.length + 1 : rank + 1)
    const own = contrast.matches.flatMap(({ from, to }) => [...quoted.subarray(from, to + 1)])
    precisions.push(own.reduce((sum, one) => sum + one, 0) / Math.max(1, own.length))
  }
  return [
    {
      name: 'spans in quotations that hold the quote unit',
      measured: holding / places.length,
      must: { atLeast: 1 },
    },
    {
      name: 'matches of these spans: share of characters in quotations',
      measured: inside / matched,
      must: { atLeast: 0.85 },
    },
    {
      name: 'one span by contrast: median rank of the quote unit',
      measured: median(ranks),
      must: { atMost: 5 },
    },
    {
      name: 'runs of the first unit by contrast: median share in quotations',
      measured: median(precisions),
      must: { atLeast: 0.8 },
    },
  ]
}
