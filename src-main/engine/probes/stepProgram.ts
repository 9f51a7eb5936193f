// One step of a network as a map of its whole state, s' = F(s, x), with exact products of its Jacobians. States are flat vectors in the order
// of `stateShapes`; it refuses networks that have no such map (bidirectional, subsampled).
import { UnrollError } from '../../contract/errors.ts'
import { vjp } from '../compile/grad.ts'
import { jvp } from '../compile/jvp.ts'
import { compile } from '../compile/compile.ts'
import type { Node } from '../graph/node.ts'
import { broadcastTo, input, mul } from '../graph/ops.ts'
import { classLogits } from '../nn/ends.ts'
import { stateShapes, type SequenceNetwork } from '../nn/network.ts'
import { outputsOf, traceNetwork } from '../nn/trace.ts'
import { weightNodes } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import { refuseNonText, sequenceOf, withWeights, type TrainedModel } from './model.ts'

/** The network of a model whose step is a map of its state; throws E_ARG for other networks and for inputs that are no symbols. `what` names the analysis. */
export function stepwiseNetwork(model: TrainedModel, what: string): SequenceNetwork {
  refuseNonText(model, what)
  const network = sequenceOf(model)
  if (network.bidirectional || network.subsample > 1)
    throw new UnrollError(
      'E_ARG',
      `${what}: the step of a ${network.bidirectional ? 'bidirectional' : 'subsampled'} network is no map of its state. Choose a network that reads forward, symbol by symbol.`,
      { path: 'id' },
    )
  return network
}

/** Number of values of the whole state. */
export const stateSize = (network: SequenceNetwork): number =>
  stateShapes(network).reduce((sum, { size }) => sum + size, 0)

/** Size of the vector that the first layer reads per symbol. */
export const inputSize = ({ input }: SequenceNetwork): number =>
  input.kind === 'onehot' ? input.symbols : input.size

/** The vector that the first layer reads for a symbol: a row of the embedding, or a one-hot vector. */
export function inputVector(model: TrainedModel, id: number): Float64Array {
  const network = sequenceOf(model)
  const size = inputSize(network)
  if (network.input.kind === 'onehot')
    return Float64Array.from({ length: size }, (_, i) => (i === id ? 1 : 0))
  return Float64Array.from(model.weights.get('embedding.w')!.data.subarray(id * size, (id + 1) * size))
}

/** A step of `rows` states at once; with `shared` all rows start from one state and read one input. */
export interface StepGraph {
  network: SequenceNetwork
  /** (1, rows, I). */
  x: Node
  /** Before and after the step, in the order of stateShapes, (rows, size) each. */
  before: Node[]
  after: Node[]
  /** Log-probabilities up to a constant, (1, rows, V). */
  logits: Node
}

/** The graph of a step. Inputs: `x` (1, R, I) and `state.NAME` (R, size), where R is `rows`, or 1 with `shared`. */
export function stepGraph(network: SequenceNetwork, rows: number, shared = false): StepGraph {
  const reading: SequenceNetwork = { ...network, input: { kind: 'dense', size: inputSize(network) } }
  const weights = weightNodes(network)
  const given = shared ? 1 : rows
  const x = broadcastTo(input('x', [1, given, inputSize(network)]), [1, rows, inputSize(network)])
  const before = stateShapes(network).map(({ name, size }) =>
    broadcastTo(input(`state.${name}`, [given, size]), [rows, size]),
  )
  const trace = traceNetwork(reading, weights, x, before)
  return {
    network,
    x,
    before,
    after: trace.final,
    logits: classLogits(network, outputsOf(reading, weights, trace)),
  }
}

const slotsOf = (network: SequenceNetwork, prefix: string, nodes: readonly Node[]): [string, Node][] =>
  stateShapes(network).map(({ name }, i) => [`${prefix}.${name}`, nodes[i]!])

/** Compiles outputs of a step graph and loads the weights; `states` are further outputs by prefix. The caller disposes of it. */
export function loadStep(
  model: TrainedModel,
  network: SequenceNetwork,
  states: Record<string, readonly Node[]>,
  outputs: Record<string, Node> = {},
): Executable {
  const named = Object.entries(states).flatMap(([prefix, nodes]) => slotsOf(network, prefix, nodes))
  return withWeights(model, compile({ outputs: { ...Object.fromEntries(named), ...outputs } }))
}

/** A program for J V: inputs as of a shared step graph and `tangent.NAME` (rows, size); outputs `next.NAME` and `product.NAME` (rows, size). */
export function openJacobianProducts(
  model: TrainedModel,
  network: SequenceNetwork,
  rows: number,
): Executable {
  const { before, after } = stepGraph(network, rows, true)
  const tangents = stateShapes(network).map(({ name, size }) => input(`tangent.${name}`, [rows, size]))
  const products = jvp(
    before.map((node, i) => [node, tangents[i]!]),
    after,
  )
  const zero = (i: number) => mul(tangents[i]!, 0)
  return loadStep(model, network, { next: after, product: products.map((p, i) => p ?? zero(i)) })
}

/**
 * A program for the gradient through one step: inputs `x` (1, 1, I), `state.NAME`, `gradient.NAME` (1, size) of the states after the step and
 * `gradient` (1, 1, V) of the logits; outputs `next.NAME`, `logits`, `before.NAME` and `gradientOfX`, the gradients before it.
 */
export function openStepGradient(model: TrainedModel, network: SequenceNetwork): Executable {
  const { before, after, logits, x } = stepGraph(network, 1)
  const seeds = stateShapes(network).map(({ name, size }, i): [Node, Node] => [
    after[i]!,
    input(`gradient.${name}`, [1, size]),
  ])
  const wanted = [...before, x]
  const gradients = vjp([...seeds, [logits, input('gradient', logits.shape)]], wanted, false).map(
    (gradient, i) => gradient ?? mul(wanted[i]!, 0),
  )
  const gradientOfX = gradients.pop()!
  return loadStep(model, network, { next: after, before: gradients }, { logits, gradientOfX })
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
