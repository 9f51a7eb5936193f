// The gate story of a unit: which symbols move its state, and what its gates do at them and between them. The step is
// s_t - s_(t-1) = (f - 1) s_(t-1) + i g in an LSTM; here it is measured, so it holds for every cell.
import type { GateStory, SymbolStep } from '../../contract/unitCard.ts'
import { storySentence, type MeansBetween } from './gateSentence.ts'
import { bracketed, openingBracket, quotedTokens, quoteRoles } from './spans.ts'
import type { UnitRecord } from './unitRecord.ts'

const mostSymbols = 12

type Recorded = Pick<UnitRecord, 'tokens' | 'spaces' | 'bounds' | 'state' | 'gates' | 'candidate' | 'steps'>

/** Means by the symbol read over all positions that have a step; a quotation mark that opens and closes counts as two symbols. */
export function gateStory(record: Recorded): GateStory {
  const { tokens, spaces, bounds, state, gates, candidate, steps } = record
  const signals = [...gates, ...(candidate && gates.length > 0 ? [candidate] : [])]
  const bySequence = (labels: (tokens: string[], spaces: string[]) => Uint8Array) =>
    Uint8Array.from(
      bounds
        .slice(1)
        .flatMap((to, s) => [...labels(tokens.slice(bounds[s], to), spaces.slice(bounds[s], to))]),
    )
  const quoted = bySequence(quotedTokens)
  const roles = quoteRoles(tokens, quoted)
  const forget = gates.find(({ id }) => id === 'f')?.values
  const writeAt = (t: number) => state.values[t]! - forget![t]! * (state.values[t]! - steps[t]!)
  const hasStep = (t: number) => Number.isFinite(steps[t])
  const meansOver = (positions: readonly number[]) =>
    signals.map(({ values }) => meanOf(positions.map((t) => values[t]!)))

  const groups = new Map<string, number[]>()
  tokens.forEach((token, t) => {
    if (!hasStep(t)) return
    const key = `${roles[t] ?? ''} ${token}`
    const group = groups.get(key)
    if (group) group.push(t)
    else groups.set(key, [t])
  })
  // A symbol seen once in a long text says little about the unit.
  const fewest = Math.ceil(tokens.length / 1000)
  const symbols: SymbolStep[] = [...groups.values()]
    .filter(({ length }) => length >= fewest)
    .map((positions) => {
      const role = roles[positions[0]!]
      return {
        symbol: tokens[positions[0]!]!,
        ...(role && { role }),
        count: positions.length,
        step: meanOf(positions.map((t) => steps[t]!)),
        write: forget ? meanOf(positions.map(writeAt)) : null,
        means: meansOver(positions),
      }
    })
    .sort((a, b) => Math.abs(b.step) - Math.abs(a.step))
  const writers = writersOf(symbols)
  const isWriter = (t: number) =>
    writers.some(({ symbol, role }) => symbol === tokens[t] && role === roles[t])
  const between = (name: MeansBetween['name'], holds: (t: number) => boolean): MeansBetween[] => {
    const positions = [...tokens.keys()].filter((t) => hasStep(t) && !isWriter(t) && holds(t))
    if (positions.length === 0) return []
    const change = meanOf(positions.map((t) => Math.abs(steps[t]!)))
    return [{ name, change, means: meansOver(positions) }]
  }
  const open = bracketOf(writers)
  const inside = isQuote(writers) ? quoted : open && bySequence((part) => bracketed(part, open))
  const parts = inside
    ? [...between('inside', (t) => inside[t] === 1), ...between('outside', (t) => inside[t] === 0)]
    : between('elsewhere', () => true)
  const ids = signals.map(({ id }) => id)
  const sentence = storySentence({
    state: state.id,
    signals: ids,
    gates: gates.map(({ id }) => id),
    writers,
    between: parts,
  })
  return { state: state.id, signals: ids, symbols: symbols.slice(0, mostSymbols), sentence }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

/** The symbol with the largest |mean step|, and the strongest one of the opposite sign if it has a quarter of that. */
function writersOf(symbols: readonly SymbolStep[]): SymbolStep[] {
  const [first] = symbols
  if (!first || first.step === 0) return []
  const opposite = symbols.find(({ step }) => step * first.step < 0)
  return opposite && Math.abs(opposite.step) >= Math.abs(first.step) / 4 ? [first, opposite] : [first]
}

/** Whether a writer opens or closes quotations. */
const isQuote = (writers: readonly SymbolStep[]): boolean =>
  writers.some(({ symbol, role }) => role !== undefined || /^[“”«»]$/u.test(symbol))

/** The opening bracket if a writer opens or closes one. */
const bracketOf = (writers: readonly SymbolStep[]): string | undefined =>
  writers.map(({ symbol }) => openingBracket(symbol)).find((mark) => mark !== undefined)
