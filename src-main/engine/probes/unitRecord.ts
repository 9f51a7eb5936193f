// Reads sequences once and records one unit: its signal, its state, its gates. Of all other units only sums are kept, from which come their
// correlation with the unit and their autocorrelation, so memory does not grow with T times the number of units.
import { UnrollError } from '../../contract/errors.ts'
import { largest } from '../../contract/longLists.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { EncodedSequence } from './inspectedSequences.ts'
import { openReader, refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { chunkLength, runOverText } from './record.ts'
import { layerAt, signalOf } from './signals.ts'
import { correlationSums, lagSums } from './streamedSums.ts'

export const lags = [1, 5, 20, 50] as const

/** One unit over sequences of T symbols in all, one after the other; arrays have T entries. */
export interface UnitRecord {
  tokens: string[]
  spaces: string[]
  /** First position of each sequence, and T. */
  bounds: number[]
  values: Float32Array
  state: { id: string; values: Float32Array }
  gates: { id: string; values: Float32Array }[]
  candidate?: { id: string; values: Float32Array }
  /** s_t - s_(t-1) of the state in the direction of the scan; NaN at the first position of a sequence. */
  steps: Float32Array
  /** Number of positions at which each gate is below 0.1 and above 0.9, by unit of the layer. */
  saturation: { id: string; closed: number[]; open: number[] }[]
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

/** Throws E_ARG for an unknown layer, signal or unit, for sequences without symbols, and for a model that reads no text. */
export function recordUnit(
  model: TrainedModel,
  sequences: readonly EncodedSequence[],
  { layer, signal, unit }: { layer: number; signal: string; unit: number },
): UnitRecord {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  signalOf(network, signal)
  const { outputSize: units, hidden } = layerAt(network, layer)
  if (unit >= units)
    throw new UnrollError('E_ARG', `unit: ${unit} is not one of 0..${units - 1}.`, { path: 'unit' })
  const bounds = [0]
  for (const { ids } of sequences) bounds.push(bounds.at(-1)! + ids.length)
  const length = bounds.at(-1)!
  if (length === 0)
    throw new UnrollError('E_ARG', 'text: it has no symbols. Type at least one.', { path: 'text' })
  const state = stateSignal(network)
  const { candidate } = network.cell
  const gates = gatesOf(network)
  const wanted = [...new Set([signal, state, ...gates, ...(candidate ? [candidate] : [])])]
  const columns = new Map(wanted.map((id) => [id, new Float32Array(length)]))
  const saturation = gates.map((id) => ({
    id,
    closed: Array<number>(units).fill(0),
    open: Array<number>(units).fill(0),
  }))
  const correlations = network.layers.map(({ outputSize }) => correlationSums(outputSize))
  const autocorrelation = lagSums(units, lags)
  const stepsPerOutput = (index: number) => network.subsample ** (index + 1)

  // One program per number of steps: a single one, or one for each length of sequence where a network reads both ways.
  const longest = largest(sequences.map(({ ids }) => ids.length))
  const placed = sequences.map(({ ids }, s) => ({ ids, start: bounds[s]! }))
  for (const [steps, parts] of Map.groupBy(placed, ({ ids }) =>
    Math.min(longest, chunkLength(network, ids.length)),
  )) {
    const executable = openReader(model, {
      extent: [steps],
      outputs: false,
      watch: ({ index }, s) => s === signal || (index === layer && columns.has(s)),
    })
    try {
      for (const { ids, start } of parts) {
        autocorrelation.begin()
        runOverText(executable, ids, steps, (offset, count) => {
          const from = start + offset
          for (const [id, column] of columns) {
            const values = executable.view(signalKey({ index: layer }, id))
            for (let t = 0; t < count; t++)
              column[from + t] = values[Math.floor(t / stepsPerOutput(layer)) * units + unit]!
          }
          for (const { id, closed, open } of saturation) {
            const values = executable.view(signalKey({ index: layer }, id))
            for (let t = 0; t < count; t++)
              for (let u = 0, at = Math.floor(t / stepsPerOutput(layer)) * units; u < units; u++, at++) {
                if (values[at]! < 0.1) closed[u]!++
                else if (values[at]! > 0.9) open[u]!++
              }
          }
          const own = columns.get(signal)!.subarray(from, from + count)
          network.layers.forEach((_, index) => {
            const values = executable.view(signalKey({ index }, signal))
            correlations[index]!.add(own, values, stepsPerOutput(index))
            if (index === layer) autocorrelation.add(values, count, stepsPerOutput(index))
          })
        })
      }
    } finally {
      executable.dispose()
    }
  }
  const named = (id: string) => ({ id, values: columns.get(id)! })
  const reverse = network.bidirectional && unit >= hidden
  return {
    tokens: sequences.flatMap(({ symbols }) => symbols),
    spaces: sequences.flatMap(({ symbols, spaces }) => symbols.map((_, t) => spaces[t] ?? '')),
    bounds,
    values: columns.get(signal)!,
    state: named(state),
    gates: gates.map(named),
    ...(candidate && { candidate: named(candidate) }),
    steps: stepsOf(columns.get(state)!, bounds, reverse ? -stepsPerOutput(layer) : stepsPerOutput(layer)),
    saturation,
    correlations: correlations.map((sums) => sums.correlations()),
    autocorrelations: autocorrelation.autocorrelations(),
  }
}

/** Differences of values `by` positions apart; NaN where the sequence has no value before. */
function stepsOf(values: Float32Array, bounds: readonly number[], by: number): Float32Array {
  const steps = new Float32Array(values.length).fill(NaN)
  for (let s = 0; s + 1 < bounds.length; s++)
    for (
      let t = Math.max(bounds[s]!, bounds[s]! + by);
      t < Math.min(bounds[s + 1]!, bounds[s + 1]! + by);
      t++
    )
      steps[t] = values[t]! - values[t - by]!
  return steps
}
