// One signal of one layer over a text, with the surprisal and the most probable next symbols, for a heatmap.
import { UnrollError } from '../../contract/errors.ts'
import type { TextSignals } from '../../contract/inspect.ts'
import { encodeTyped } from '../generation/sample.ts'
import { gradientOf } from '../nn/derivedSignals.ts'
import { corpusRange, type Corpus } from './corpusRange.ts'
import { refuseNonText, predictsNext, sequenceOf, type TrainedModel } from './model.ts'
import { knownPredictions, noPredictions, predictionsReader } from './recordings/predictions.ts'
import { copyRows, recordSignal } from './recordings/signals.ts'
import { colourRange, layerAt, readableSignal } from './signals.ts'

/** Largest number of values in an answer (symbols * units). */
const maxValues = 2 ** 28

/**
 * The values (T, units) of a signal over a text of T symbols, with its colour range over `corpus` if there is one. Throws E_ARG for an
 * unknown layer, signal or symbol, E_TOO_LARGE if T * units is too large.
 */
export function inspectText(
  model: TrainedModel,
  {
    text,
    layer,
    signal: id,
    corpus,
  }: { text: string; layer: number; signal: string; corpus?: (() => Corpus) | undefined },
): TextSignals {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  const { symbols } = model
  const signal = readableSignal(network, id)
  const { outputSize: units } = layerAt(network, layer)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, symbols, 'text')
  if (ids.length * units > maxValues) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units exceed the limit; at most ${Math.floor(maxValues / units)}.`,
      { path: 'text' },
    )
  }
  const known = predictsNext(model) ? knownPredictions(model, ids) : noPredictions(ids.length)
  const reader = known ? undefined : predictionsReader(model, ids)
  const recording = recordSignal(model, [ids], { layer, signal: id }, reader?.onLogits)
  reader?.keepThem()
  const values = new Float32Array(ids.length * units)
  copyRows(recording, 0, ids.length, values, units, 0)
  const { surprisal, nextIds, nextProbabilities, k } = known ?? reader!.predictions
  return {
    tokens,
    spaces,
    layer,
    signal: id,
    units,
    values,
    ...(corpus && gradientOf(id) === undefined
      ? corpusRange(model, { layer, signal: id }, corpus)
      : colourRange(signal, values)),
    // Copies: an answer may be handed to another thread, while what is kept stays here.
    surprisal: surprisal.slice(),
    nextIds: nextIds.slice(),
    nextProbabilities: nextProbabilities.slice(),
    k,
    vocabulary: model.vocabulary,
    step: model.step,
  }
}
