// One unit over sequences, from the recordings that probes share: its signal, its state, its gates, and how all other units of the network
// correlate with it.
import { UnrollError } from '../../contract/errors.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { EncodedSequence } from './inspectedSequences.ts'
import { autocorrelations, columnCorrelation } from './columnSums.ts'
import { refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { eachRecording, type SignalRecording } from './recordings/signals.ts'
import { saturationOf } from './saturation.ts'
import { layerAt, readableSignal } from './signals.ts'

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
  correlations: number[][]
  /** Autocorrelation of the units of the layer: by lag, by unit. */
  autocorrelations: number[][]
}

/** Id of the signal that holds a cell's memory: the first state of any value (c of an LSTM), else h. */
export const stateSignal = ({ cell }: SequenceNetwork): string =>
  cell.signals.find(({ id, kind }) => kind === 'free' && id !== 'h' && cell.state.includes(id))?.id ?? 'h'

/** Ids of the gates of a cell; a sigmoid hidden state is none. */
export const gatesOf = ({ cell }: Pick<SequenceNetwork, 'cell'>): string[] =>
  cell.signals.filter(({ id, kind }) => kind === 'gate' && id !== 'h').map(({ id }) => id)

/** The columns of all units of a recording. */
const unitsOf = ({ units, column }: SignalRecording): Float32Array[] =>
  Array.from({ length: units }, (_, unit) => column(unit))

/** Throws E_ARG for an unknown layer, signal or unit, for sequences without symbols, and for a model that reads no text. */
export function recordUnit(
  model: TrainedModel,
  sequences: readonly EncodedSequence[],
  { layer, signal, unit }: { layer: number; signal: string; unit: number },
): UnitRecord {
  refuseNonText(model, 'inspect')
  const network = sequenceOf(model)
  readableSignal(network, signal)
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
  const read = sequences.map(({ ids }) => ids)
  const columns = new Map<string, Float32Array>()
  const saturation = new Map<string, { closed: number; open: number }[]>()
  const correlations: number[][] = []
  let lagged: number[][] = []
  // The signal itself comes first: that of all units of all layers is compared with it.
  const others = network.layers.flatMap((_, index) => (index === layer ? [] : [{ layer: index, signal }]))
  const places = [...wanted.map((id) => ({ layer, signal: id })), ...others]
  eachRecording(model, read, places, (recording) => {
    const { layer: index, signal: id } = recording
    const units = unitsOf(recording)
    // A copy, so that a record does not keep the columns of all units.
    if (index === layer) columns.set(id, units[unit]!.slice())
    if (id === signal) correlations[index] = units.map((one) => columnCorrelation(columns.get(signal)!, one))
    if (index !== layer) return
    if (id === signal) lagged = units.map((values) => autocorrelations(values, bounds, lags))
    if (gates.includes(id)) saturation.set(id, units.map(saturationOf))
  })
  const stepsPerOutput = network.subsample ** (layer + 1)
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
    steps: stepsOf(columns.get(state)!, bounds, reverse ? -stepsPerOutput : stepsPerOutput),
    saturation: gates.map((id) => ({
      id,
      closed: saturation.get(id)!.map(({ closed }) => closed),
      open: saturation.get(id)!.map(({ open }) => open),
    })),
    correlations,
    autocorrelations: lags.map((_, k) => lagged.map((of) => of[k]!)),
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
