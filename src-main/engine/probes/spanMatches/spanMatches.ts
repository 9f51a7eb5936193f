// Which units are on at a span of a text, and where else they are on: by a threshold (LSTMVis, arXiv 1606.07461, with both signs of every
// unit) or by contrast with the text beside the span.
import { UnrollError } from '../../../contract/errors.ts'
import type { SpanMatches, SpanMode, SpanUnit, StrictSide } from '../../../contract/spanMatches.ts'
import { encodeTyped } from '../../generation/sample.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from '../model.ts'
import { recordSignal } from '../recordings/signals.ts'
import { layersOf, unitsOf } from '../signalRows.ts'
import { readableSignal } from '../signals.ts'
import { contrastOf, runsOfUnit, symbolsBeside, type Contrast } from './contrast.ts'
import { matchRuns } from './runsOfUnits.ts'
import { quantileThresholds, unitsOn, type Recording } from './signedUnits.ts'

/** Largest number of recorded values (symbols * units). */
const maxValues = 2 ** 26
const shownUnits = 20

export interface SpanOptions {
  text: string
  /** First and last symbol of the span. */
  from: number
  to: number
  mode: SpanMode
  signal?: string | undefined
  layer?: number | undefined
  threshold: number
  quantile?: number | undefined
  strict: StrictSide
  sameLength: boolean
  top: number
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Units of a span and matches of them; throws E_ARG for a span outside the text or without text beside it, E_TOO_LARGE for long texts. */
export function spanMatches(model: TrainedModel, options: SpanOptions): SpanMatches {
  refuseNonText(model, 'span')
  const { text, from, to, mode, layer, threshold, quantile, strict, sameLength, top } = options
  const network = sequenceOf(model)
  const bounded = network.cell.signals.some(({ id }) => id === 'tanh_c') ? 'tanh_c' : 'h'
  const signal = readableSignal(network, options.signal ?? bounded).id
  const layers = layersOf(network, layer)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  refuseSpan(from, to, ids.length)
  const named = unitsOf(network, layers)
  const recording = recorded(model, ids, signal, layers, named.length)
  const span = { from, to }
  const beside = symbolsBeside(ids.length, span)
  const signs = Array.from({ length: 2 * named.length }, (_, s) => s)
  const contrasts = (some: readonly number[]) =>
    some.map((s) => contrastOf(recording, s, span, beside)).sort((a, b) => b.auc - a.auc)
  const told = ({ signed, ...rest }: Contrast): SpanUnit => ({
    ...named[signed >> 1]!,
    sign: signed & 1 ? -1 : 1,
    ...rest,
  })
  const answer = { mode, signal, from, to, tokens, spaces, step: model.step }
  if (mode === 'contrast') {
    const ranked = contrasts(signs)
    const found = runsOfUnit(recording, ranked[0]!, span, top)
    return { ...answer, units: ranked.slice(0, shownUnits).map(told), ...found }
  }
  const thresholds =
    quantile === undefined
      ? new Float64Array(signs.length).fill(threshold)
      : quantileThresholds(recording, quantile)
  const ends = {
    left: strict !== 'none' && strict !== 'right',
    right: strict !== 'none' && strict !== 'left',
  }
  const chosen = unitsOn(recording, thresholds, span, ends, signs)
  const units = contrasts(chosen).map((one) => told({ ...one, threshold: thresholds[one.signed]! }))
  const runOptions = { ...span, thresholds, strict: ends, sameLength, top }
  return { ...answer, units, ...matchRuns(recording, chosen, runOptions) }
}

function refuseSpan(from: number, to: number, length: number): void {
  if (to < from) throw refuse('to', `${to} is before the first symbol of the span, ${from}.`)
  if (to >= length) throw refuse('to', `${to} is past the text, whose last symbol is ${length - 1}.`)
  if (to - from + 1 >= length)
    throw refuse('from', 'the span is the whole text; leave symbols before or after it.')
}

/** The columns of all units of some layers; throws E_TOO_LARGE. */
function recorded(
  model: TrainedModel,
  ids: Int32Array,
  signal: string,
  layers: readonly number[],
  units: number,
): Recording {
  if (ids.length * units > maxValues)
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units exceed the limit; at most ${Math.floor(maxValues / units)}.`,
      { path: 'text' },
    )
  const columns = layers.flatMap((layer) => {
    const recording = recordSignal(model, [ids], { layer, signal })
    return Array.from({ length: recording.units }, (_, unit) => recording.column(unit))
  })
  return { columns, length: ids.length }
}
