// Both ends of a network: what the first layer reads, and how outputs come from what the top layer shows.
import type { Node } from '../graph/node.ts'
import { add, gather, linear, oneHot, sigmoid, softmax, tanh } from '../graph/ops.ts'
import type { InputLayer, Network, Weights } from './network.ts'

/** ids (...) or dense numbers (..., size) -> what the first layer reads, (..., I). */
export function inputLayer(input: InputLayer, weights: Weights, x: Node): Node {
  if (input.kind === 'embedding') return gather(weights.get('embedding.w')!, x)
  return input.kind === 'onehot' ? oneHot(x, input.symbols) : x
}

/** What the top layer shows (..., H) -> what the readout reads (..., top). */
export const throughHead = (network: Network, weights: Weights, h: Node): Node =>
  network.head === 0 ? h : tanh(add(linear(h, weights.get('head.w')!), weights.get('head.b')!))

/** What the readout reads (..., top) -> outputs before any squashing (..., O). */
export function readout(network: Network, weights: Weights, top: Node): Node {
  const product = linear(top, weights.get('readout.w')!)
  return network.output.bias ? add(product, weights.get('readout.b')!) : product
}

/** Outputs as the task's loss reads them. */
export function squashed({ output }: Network, logits: Node): Node {
  if (output.squash === 'none') return logits
  return output.squash === 'sigmoid' ? sigmoid(logits) : softmax(logits)
}
