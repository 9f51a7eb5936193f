// One signal of one layer over a text, with the surprisal and the most probable next symbols, for a heatmap.
import { UnrollError } from '../../contract/errors.ts'
import type { TextSignals } from '../../contract/inspect.ts'
import { refuseNonText, openReader, predictsNext, sequenceOf, type TrainedModel } from './model.ts'
import { runOverText, chunkLength } from './record.ts'
import { colourRange, layerAt, signalOf } from './signals.ts'
import { encodeTyped, largestFirst, probabilities } from '../generation/sample.ts'
import { signalKey } from '../nn/model.ts'

const maxAlternatives = 5
/** Largest number of values in an answer (symbols * units). */
const maxValues = 2 ** 28

/**
 * The values (T, units) of a signal over a text of T symbols. Throws E_ARG for an unknown layer, signal or symbol, E_TOO_LARGE if T * units
 * is too large.
 */
export function inspectText(
  model: TrainedModel,
  { text, layer, signal: id }: { text: string; layer: number; signal: string },
): TextSignals {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  const { symbols } = model
  const signal = signalOf(network, id)
  const { outputSize: units } = layerAt(network, layer)
  const { ids, symbols: tokens, spaces } = encodeTyped(text, symbols, 'text')
  if (ids.length * units > maxValues) {
    throw new UnrollError(
      'E_TOO_LARGE',
      `text: ${ids.length} symbols of ${units} units exceed the limit; at most ${Math.floor(maxValues / units)}.`,
      { path: 'text' },
    )
  }
  const predicts = predictsNext(model)
  const size = network.output.size
  const k = predicts ? Math.min(maxAlternatives, size) : 0
  const grid = {
    values: new Float32Array(ids.length * units),
    surprisal: new Float32Array(ids.length).fill(NaN),
    nextIds: new Int32Array(ids.length * k),
    nextProbabilities: new Float32Array(ids.length * k),
  }
  const steps = chunkLength(network, ids.length)
  /** Input steps per output step of this layer. */
  const stepsPerOutput = network.subsample ** (layer + 1)
  const executable = openReader(model, {
    extent: [steps],
    outputs: predicts,
    watch: ({ index }, s) => index === layer && s === id,
  })
  runOverText(executable, ids, steps, (from, count) => {
    const values = executable.read(signalKey({ index: layer }, id))
    for (let t = 0; t < count; t++) {
      const at = Math.floor(t / stepsPerOutput) * units
      grid.values.set(values.subarray(at, at + units), (from + t) * units)
    }
    if (!predicts) return
    const logits = executable.read('logits')
    for (let t = 0; t < count; t++) {
      const p = probabilities(logits.subarray(t * size, (t + 1) * size), 1)
      const at = from + t
      largestFirst(p, k).forEach((next, rank) => {
        grid.nextIds[at * k + rank] = next
        grid.nextProbabilities[at * k + rank] = p[next]!
      })
      if (at + 1 < ids.length) grid.surprisal[at + 1] = -Math.log(p[ids[at + 1]!]!)
    }
  })
  executable.dispose()
  return {
    tokens,
    spaces,
    layer,
    signal: id,
    units,
    ...grid,
    ...colourRange(signal, grid.values),
    k,
    vocabulary: model.vocabulary,
    step: model.step,
  }
}
