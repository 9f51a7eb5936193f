// Programs of one step of a network as a map of its whole state, s' = F(s, x), with exact products of its Jacobians. States are in the order
// of `stateShapes`; inputs are vectors, not symbols.
import { compile } from '../compile/compile.ts'
import { grad, vjp } from '../compile/grad.ts'
import { jvp } from '../compile/jvp.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import { add, broadcastTo, input, mul, square, sub, sum } from '../graph/ops.ts'
import { activated, classLogits } from '../nn/ends.ts'
import { stateShapes, type SequenceNetwork } from '../nn/network.ts'
import { outputsOf, traceNetwork } from '../nn/trace.ts'
import { weightNodes } from '../nn/weights.ts'

/** Number of values of the whole state. */
export const stateSize = (network: SequenceNetwork): number =>
  stateShapes(network).reduce((sum, { size }) => sum + size, 0)

/** Size of the vector that the first layer reads per symbol. */
export const inputSize = ({ input }: SequenceNetwork): number =>
  input.kind === 'onehot' ? input.symbols : input.size

/** A step of `rows` states at once; with `shared` all rows start from one state and read one input. */
export interface StepGraph {
  network: SequenceNetwork
  /** (1, rows, I). */
  x: Node
  /** Before and after the step, in the order of stateShapes, (rows, size) each. */
  before: Node[]
  after: Node[]
  /** Input of the output layer, (1, rows, D). */
  features: Node
  /** Log-probabilities up to a constant, (1, rows, V); undefined for an encoder, which has no output layer. */
  logits: Node | undefined
  /** Outputs after the output activation, (1, rows, O); undefined for an encoder. */
  outputs: Node | undefined
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
  const values =
    trace.logits || network.weights.has('readout.w') ? outputsOf(reading, weights, trace) : undefined
  return {
    network,
    x,
    before,
    after: trace.final,
    features: trace.features,
    logits: values && classLogits(network, values),
    outputs: values && activated(network, values),
  }
}

const slotsOf = (network: SequenceNetwork, prefix: string, nodes: readonly Node[]): [string, Node][] =>
  stateShapes(network).map(({ name }, i) => [`${prefix}.${name}`, nodes[i]!])

/** A program of outputs of a step graph; `states` are further outputs by prefix, one node per state. */
export const stepProgram = (
  network: SequenceNetwork,
  states: Record<string, readonly Node[]>,
  outputs: Record<string, Node> = {},
): Program => {
  const named = Object.entries(states).flatMap(([prefix, nodes]) => slotsOf(network, prefix, nodes))
  return compile({ outputs: { ...Object.fromEntries(named), ...outputs } })
}

/** A program for J V: inputs as of a shared step graph and `tangent.NAME` (rows, size); outputs `next.NAME` and `product.NAME` (rows, size). */
export function jacobianProgram(network: SequenceNetwork, rows: number): Program {
  const { before, after } = stepGraph(network, rows, true)
  const tangents = stateShapes(network).map(({ name, size }) => input(`tangent.${name}`, [rows, size]))
  const products = jvp(
    before.map((node, i) => [node, tangents[i]!]),
    after,
  )
  const zero = (i: number) => mul(tangents[i]!, 0)
  return stepProgram(network, { next: after, product: products.map((p, i) => p ?? zero(i)) })
}

/**
 * A program for the gradient through one step of `rows` states: inputs `x` (1, rows, I), `state.NAME`, `gradient.NAME` (rows, size) of the states
 * after the step and `gradient` of its `output`, the logits (1, rows, V) or the features (1, rows, D); outputs `next.NAME`, `output`, `before.NAME`
 * and `gradientOfX`, the gradients before it.
 */
export function stepGradientProgram(
  network: SequenceNetwork,
  rows = 1,
  by: 'logits' | 'features' = 'logits',
): Program {
  const { before, after, x, ...step } = stepGraph(network, rows)
  const output = step[by]!
  const seeds = stateShapes(network).map(({ name, size }, i): [Node, Node] => [
    after[i]!,
    input(`gradient.${name}`, [rows, size]),
  ])
  const wanted = [...before, x]
  const gradients = vjp([...seeds, [output, input('gradient', output.shape)]], wanted, false).map(
    (gradient, i) => gradient ?? mul(wanted[i]!, 0),
  )
  const gradientOfX = gradients.pop()!
  return stepProgram(network, { next: after, before: gradients }, { output, gradientOfX })
}

/**
 * A program for the speed of `rows` states, q = |s - F(s)|^2 / 2 of each (Sussillo & Barak 2013): inputs as of a step graph; outputs `q` (rows)
 * and its gradients `gradient.NAME` (rows, size).
 */
export function speedProgram(network: SequenceNetwork, rows: number): Program {
  const { before, after } = stepGraph(network, rows)
  const parts = before.map((node, i) => sum(square(sub(node, after[i]!)), [1]))
  const q = mul(parts.length > 1 ? add(parts[0]!, ...parts.slice(1)) : parts[0]!, 0.5)
  return stepProgram(network, { gradient: grad(sum(q), before) }, { q })
}
