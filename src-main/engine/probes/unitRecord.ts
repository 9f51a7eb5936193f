// Reads a text once and records one unit: its signal, its state, its gates. Of all other units only sums are kept, from which come their
// correlation with the unit and their autocorrelation, so memory does not grow with T times the number of units.
import { UnrollError } from '../../contract/errors.ts'
import { encodeTyped } from '../generation/sample.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { correlationSums, lagSums } from './streamedSums.ts'
import { openReader, refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { chunkLength, runOverText } from './record.ts'
import { layerAt, signalOf } from './signals.ts'

export const lags = [1, 5, 20, 50] as const

/** One unit over a text of T symbols; arrays have T entries. */
export interface UnitRecord {
  tokens: string[]
  spaces: string[]
  values: Float32Array
  state: { id: string; values: Float32Array }
  gates: { id: string; values: Float32Array }[]
  candidate?: { id: string; values: Float32Array }
  /** s_t - s_(t-1) of the state in the direction of the scan; NaN at its first position. */
  steps: Float32Array
  /** Correlation with the unit: by layer, by unit. */
  correlations: Float64Array[]
  /** Autocorrelation of the units of the layer: by lag, by unit. */
  autocorrelations: Float64Array[]
}

/** Id of the signal that holds a cell's memory: the first state of any value (c of an LSTM), else h. */
export const stateSignal = ({ cell }: SequenceNetwork): string =>
  cell.signals.find(({ id, kind }) => kind === 'free' && id !== 'h' && cell.state.includes(id))?.id ?? 'h'

/** Ids of the gates of a cell; a sigmoid hidden state is none. */
export const gatesOf = ({ cell }: Pick<SequenceNetwork, 'cell'>): string[] =>
  cell.signals.filter(({ id, kind }) => kind === 'gate' && id !== 'h').map(({ id }) => id)

/** Throws E_ARG for an unknown layer, signal, unit or symbol, for an empty text, and for a model that reads no text. */
export function recordUnit(
  model: TrainedModel,
  { text, layer, signal, unit }: { text: string; layer: number; signal: string; unit: number },
): UnitRecord {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  signalOf(network, signal)
  const { outputSize: units, hidden } = layerAt(network, layer)
  if (unit >= units)
    throw new UnrollError('E_ARG', `unit: ${unit} is not one of 0..${units - 1}.`, { path: 'unit' })
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  if (ids.length === 0)
    throw new UnrollError('E_ARG', 'text: it has no symbols. Type at least one.', { path: 'text' })
  const state = stateSignal(network)
  const { candidate } = network.cell
  const gates = gatesOf(network)
  const wanted = [...new Set([signal, state, ...gates, ...(candidate ? [candidate] : [])])]
  const columns = new Map(wanted.map((id) => [id, new Float32Array(ids.length)]))
  const correlations = network.layers.map(({ outputSize }) => correlationSums(outputSize))
  const autocorrelation = lagSums(units, lags)
  const steps = chunkLength(network, ids.length)
  const stepsPerOutput = (index: number) => network.subsample ** (index + 1)
  const executable = openReader(model, {
    extent: [steps],
    outputs: false,
    watch: ({ index }, s) => s === signal || (index === layer && columns.has(s)),
  })
  try {
    runOverText(executable, ids, steps, (from, count) => {
      for (const [id, column] of columns) {
        const values = executable.read(signalKey({ index: layer }, id))
        for (let t = 0; t < count; t++)
          column[from + t] = values[Math.floor(t / stepsPerOutput(layer)) * units + unit]!
      }
      const own = columns.get(signal)!.subarray(from, from + count)
      network.layers.forEach((_, index) => {
        const values = executable.read(signalKey({ index }, signal))
        correlations[index]!.add(own, values, stepsPerOutput(index))
        if (index === layer) autocorrelation.add(values, count, stepsPerOutput(index))
      })
    })
  } finally {
    executable.dispose()
  }
  const named = (id: string) => ({ id, values: columns.get(id)! })
  const reverse = network.bidirectional && unit >= hidden
  return {
    tokens,
    spaces,
    values: columns.get(signal)!,
    state: named(state),
    gates: gates.map(named),
    ...(candidate && { candidate: named(candidate) }),
    steps: stepsOf(columns.get(state)!, reverse ? -stepsPerOutput(layer) : stepsPerOutput(layer)),
    correlations: correlations.map((sums) => sums.correlations()),
    autocorrelations: autocorrelation.autocorrelations(),
  }
}

/** Differences of values `by` positions apart; NaN where there is no value before. */
const stepsOf = (values: Float32Array, by: number): Float32Array =>
  values.map((value, t) => value - (values[t - by] ?? NaN))
