// Both ends of a network: what the first layer reads, and how outputs come from what the top layer shows.
import type { Node } from '../graph/node.ts'
import {
  add,
  concat,
  gather,
  linear,
  mul,
  oneHot,
  relu,
  sigmoid,
  slice,
  softmax,
  tanh,
} from '../graph/ops.ts'
import { logSigmoid } from './losses.ts'
import type { SequenceNetwork } from './network.ts'
import { dropSymbols, laneOf } from './regularise.ts'
import type { SequenceTraceOptions } from './trace.ts'
import type { Weights } from './weights.ts'

/** ids (...) or dense numbers (..., size) -> what the first layer reads, (..., I); in training some symbols may be left out. */
export function inputLayer(
  { input, regular }: SequenceNetwork,
  weights: Weights,
  x: Node,
  { training, masks }: SequenceTraceOptions = {},
): Node {
  if (input.kind === 'dense') return x
  if (input.kind === 'onehot') return oneHot(x, input.symbols)
  const vectors = gather(weights.get('embedding.w')!, x)
  return training ? dropSymbols(regular, laneOf(0, false, masks), x, input.symbols, vectors) : vectors
}

/**
 * The output module over coupled layers (Chung, Ahn & Bengio 2017): h of all layers (..., H_l) -> relu(sum of g_l W_l h_l) (..., E) with
 * one gate g_l = sigmoid(w_l [h_1; ...; h_L]) per layer.
 */
export function joined(weights: Weights, shown: readonly Node[]): Node {
  const gates = sigmoid(linear(concat(shown, -1), weights.get('join.gate')!))
  const parts = shown.map((h, l) => mul(slice(gates, -1, l, 1), linear(h, weights.get(`join.w_${l}`)!)))
  return relu(parts.reduce((a, b) => add(a, b)))
}

/** What the top layer shows (..., H) -> what the readout reads (..., top). */
export const throughHead = (network: SequenceNetwork, weights: Weights, h: Node): Node =>
  network.head === 0 ? h : tanh(add(linear(h, weights.get('head.w')!), weights.get('head.b')!))

/** What the readout reads (..., top) -> outputs before any squashing (..., O). */
export function readout(network: SequenceNetwork, weights: Weights, top: Node): Node {
  const product = linear(top, weights.get('readout.w')!)
  return network.output.bias ? add(product, weights.get('readout.b')!) : product
}

/** Logits whose softmax is the probability of each class: of outputs that are squashed one by one log s(z), so it is their share of all. */
export const classLogits = ({ output }: SequenceNetwork, logits: Node): Node =>
  output.squash === 'sigmoid' ? logSigmoid(logits) : logits

/** Outputs as the task's loss reads them. */
export function squashed({ output }: SequenceNetwork, logits: Node): Node {
  if (output.squash === 'none') return logits
  return output.squash === 'sigmoid' ? sigmoid(logits) : softmax(logits)
}
