// A text coloured by one unit of a run, with all that its legend says: what is exported as SVG, PNG, HTML and CSV. Pure.
import type { CellInfo } from '../catalog.ts'
import { csvText, type CsvCell } from '../csv.ts'
import type { TextSignals } from '../inspect.ts'
import { entryOf, type Kind } from './colormap.ts'
import { displayText, isLineEnd } from './textLines.ts'

/** Values of one unit over a text of T symbols, and where they are from. */
export interface ColouredText {
  /** Name of the run. */
  run: string
  step: number
  /** From 0. */
  layer: number
  signal: string
  unit: number
  kind: Kind
  /** Colour range. */
  lo: number
  hi: number
  /** The symbols, T entries, those of words with the white space before them. */
  tokens: string[]
  /** (T). */
  values: Float32Array
  /** -log p of each symbol, nats; NaN where the run predicts none. (T). */
  surprisal: Float32Array
  /** Index of the first symbol in the validation text; null for a typed text. */
  offset: number | null
  /** The predicate that was searched; undefined without a search. */
  predicate?: string | undefined
  /** Address that opens the same view; undefined outside of a page. */
  address?: string | undefined
}

/** How a signal is coloured, by the cell's description of it. */
export const kindOfSignal = (signals: CellInfo['signals'], id: string): Kind =>
  signals.find((one) => one.id === id)?.kind ?? 'free'

/** The values of one unit of `grid` as a coloured text. */
export function colouredText(
  { tokens, spaces, values, units, surprisal, lo, hi, step, layer, signal }: TextSignals,
  about: Pick<ColouredText, 'run' | 'unit' | 'kind' | 'offset' | 'predicate' | 'address'>,
): ColouredText {
  return {
    ...about,
    step,
    layer,
    signal,
    lo,
    hi,
    tokens: tokens.map((token, t) => (spaces[t] && !isLineEnd(token) ? ` ${token}` : token)),
    values: Float32Array.from(tokens, (_, t) => values[t * units + about.unit]!),
    surprisal,
  }
}

/** Palette entries, one per symbol. */
export function entriesOf({ values, kind, lo, hi }: ColouredText): Uint8Array {
  const entry = entryOf(kind, lo, hi)
  return Uint8Array.from(values, (value) => entry(value))
}

/** Share of the finite values outside the colour range, 0..1. */
export function clippedShare({ values, lo, hi }: ColouredText): number {
  const slack = 1e-6 * Math.max(1, Math.abs(lo), Math.abs(hi))
  const finite = values.filter(Number.isFinite)
  return (
    finite.filter((value) => value < lo - slack || value > hi + slack).length / Math.max(1, finite.length)
  )
}

const short = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−')
const count = (value: number): string => value.toLocaleString('en')

/** The range in words, lower end, centre and upper end. */
export const ticksOf = ({ kind, lo, hi }: ColouredText): [string, string, string] => [
  short(lo),
  kind === 'gate' ? short((lo + hi) / 2) : '0',
  short(hi),
]

/** What the legend says, as pairs of a name and a value. Nothing in them can hide or reorder text. */
export function factsOf(text: ColouredText): [name: string, value: string][] {
  const { run, step, layer, signal, unit, tokens, offset, predicate, lo, hi } = text
  const from = offset === null ? 'typed text' : `validation text from symbol ${count(offset)}`
  return [
    ['Run', displayText(run)],
    ['Checkpoint', `step ${count(step)}`],
    ['Unit', `${displayText(signal)} ${unit}, layer ${layer + 1}`],
    ['Text', `${count(tokens.length)} symbols, ${from}`],
    [
      'Colours',
      `${short(lo)} to ${short(hi)}, ${(100 * clippedShare(text)).toFixed(1)} % of the values outside; each symbol by the value after reading it`,
    ],
    ...(predicate === undefined ? [] : [['Predicate', displayText(predicate)] as [string, string]]),
  ]
}

/** A file name without its ending, from run, step and unit. */
export const stemOf = ({ run, step, layer, signal, unit }: ColouredText): string =>
  `${run} step ${step} ${signal} ${unit} layer ${layer + 1}`

/** A row per symbol: position, symbol, value, surprisal. */
export function colouredTextCsv({ tokens, values, surprisal, offset }: ColouredText): string {
  const rows = tokens.map((token, t): CsvCell[] => [
    t + (offset ?? 0),
    token,
    values[t]!,
    Number.isNaN(surprisal[t]) ? null : (surprisal[t] ?? null),
  ])
  return csvText([['position', 'symbol', 'value', 'surprisal'], ...rows])
}
