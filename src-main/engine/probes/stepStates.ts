// Reads and writes flat states of step programs of a model. A flat state holds all states of all layers, in the order of `stateShapes`; it
// refuses networks whose step is no map of their state (bidirectional, subsampled, without a state).
import { UnrollError } from '../../contract/errors.ts'
import { inputSize, stateSize } from '../generation/stepProgram.ts'
import { stateShapes, type SequenceNetwork } from '../nn/network.ts'
import type { Executable } from '../run/executor.ts'
import { sequenceOf, type TrainedModel } from './model.ts'

/** The network of a model whose step is a map of its state; throws E_ARG for other networks. `what` names the analysis. */
export function stepwiseNetwork(model: TrainedModel, what: string): SequenceNetwork {
  const network = sequenceOf(model)
  if (network.bidirectional || network.subsample > 1)
    throw new UnrollError(
      'E_ARG',
      `${what}: the step of a ${network.bidirectional ? 'bidirectional' : 'subsampled'} network is no map of its state. Choose a network that reads forward, step by step.`,
      { path: 'id' },
    )
  if (stateSize(network) === 0)
    throw new UnrollError(
      'E_ARG',
      `${what}: a ${network.cell.title} has no state that changes over time. Choose a run of another cell.`,
      { path: 'id' },
    )
  return network
}

/** The vector that the first layer reads for a symbol: a row of the embedding, or a one-hot vector. */
export function inputVector(model: TrainedModel, id: number): Float64Array {
  const network = sequenceOf(model)
  const size = inputSize(network)
  if (network.input.kind === 'onehot')
    return Float64Array.from({ length: size }, (_, i) => (i === id ? 1 : 0))
  return Float64Array.from(model.weights.get('embedding.w')!.data.subarray(id * size, (id + 1) * size))
}

/** Writes `rows` flat states, row by row, to the slots `PREFIX.NAME`. */
export function writeStates(
  executable: Executable,
  network: SequenceNetwork,
  prefix: string,
  flat: ArrayLike<number>,
  rows = 1,
): void {
  const size = stateSize(network)
  let from = 0
  for (const shape of stateShapes(network)) {
    const values = new Float64Array(rows * shape.size)
    for (let r = 0; r < rows; r++)
      for (let i = 0; i < shape.size; i++) values[r * shape.size + i] = flat[r * size + from + i]!
    executable.write(`${prefix}.${shape.name}`, values)
    from += shape.size
  }
}

/** Reads the slots `PREFIX.NAME` as `rows` flat states, row by row. */
export function readStates(
  executable: Executable,
  network: SequenceNetwork,
  prefix: string,
  rows = 1,
): Float64Array {
  const size = stateSize(network)
  const flat = new Float64Array(rows * size)
  let from = 0
  for (const shape of stateShapes(network)) {
    const values = executable.read(`${prefix}.${shape.name}`)
    for (let r = 0; r < rows; r++)
      flat.set(values.subarray(r * shape.size, (r + 1) * shape.size), r * size + from)
    from += shape.size
  }
  return flat
}

/** Runs a step program; no part of it draws random numbers. */
export const runStep = (executable: Executable): void => void executable.run({ seed: [0, 0], step: 0 })
