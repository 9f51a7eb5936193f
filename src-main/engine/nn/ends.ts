// The first and the last layers of a network: embedding or one-hot input, hidden layer before the output, output layer.
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
import { dropSymbols, maskStream } from './regularise.ts'
import type { SequenceTraceOptions } from './trace.ts'
import type { Weights } from './weights.ts'

/** ids (...) or numbers (..., size) -> input of the first recurrent layer, (..., I); in training with embedding dropout. */
export function inputLayer(
  { input, regular }: SequenceNetwork,
  weights: Weights,
  x: Node,
  { training, masks }: SequenceTraceOptions = {},
): Node {
  if (input.kind === 'dense') return x
  if (input.kind === 'onehot') return oneHot(x, input.symbols)
  const vectors = gather(weights.get('embedding.w')!, x)
  return training ? dropSymbols(regular, maskStream(0, false, masks), x, input.symbols, vectors) : vectors
}

/**
 * The output module over coupled layers (Chung, Ahn & Bengio 2017): h of all layers (..., H_l) -> relu(sum of g_l W_l h_l) (..., E) with
 * one gate g_l = sigmoid(w_l [h_1; ...; h_L]) per layer.
 */
export function outputModule(weights: Weights, outputs: readonly Node[]): Node {
  const gates = sigmoid(linear(concat(outputs, -1), weights.get('join.gate')!))
  const parts = outputs.map((h, l) => mul(slice(gates, -1, l, 1), linear(h, weights.get(`join.w_${l}`)!)))
  return relu(parts.reduce((a, b) => add(a, b)))
}

/** Output of the top recurrent layer (..., H) -> input of the output layer (..., D). */
export const throughHead = (network: SequenceNetwork, weights: Weights, h: Node): Node =>
  network.head === 0 ? h : tanh(add(linear(h, weights.get('head.w')!), weights.get('head.b')!))

/** The output layer: features (..., D) -> outputs before the output activation (..., O). */
export function readout(network: SequenceNetwork, weights: Weights, features: Node): Node {
  const product = linear(features, weights.get('readout.w')!)
  return network.output.bias ? add(product, weights.get('readout.b')!) : product
}

/** Logits whose softmax is the probability of each class; for sigmoid outputs log s(z), so the probability is s(z) / sum s(z). */
export const classLogits = ({ output }: SequenceNetwork, logits: Node): Node =>
  output.activation === 'sigmoid' ? logSigmoid(logits) : logits

/** Outputs after the output activation. */
export function activated({ output }: SequenceNetwork, logits: Node): Node {
  if (output.activation === 'none') return logits
  return output.activation === 'sigmoid' ? sigmoid(logits) : softmax(logits)
}
