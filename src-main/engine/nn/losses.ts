// Losses over outputs before squashing, each a mean over what is predicted unless said otherwise.
import type { Node } from '../graph/node.ts'
import {
  abs,
  add,
  crossEntropy,
  div,
  exp,
  log,
  maximum,
  mean,
  mul,
  neg,
  relu,
  sigmoid,
  square,
  sub,
  sum,
} from '../graph/ops.ts'

/** Mean of -log softmax(logits (..., V))[ids (...)] in nats; every id must be given. */
export const meanCrossEntropy = (logits: Node, ids: Node): Node => mean(crossEntropy(logits, ids))

/** Half the sum of squares between s(logits) and targets, over everything: what Elman networks were first taught with. */
export const halfSquares = (logits: Node, targets: Node): Node =>
  mul(sum(square(sub(sigmoid(logits), targets))), 0.5)

/** Binary cross-entropy of every s(logit) against a target 0..1, in nats: max(z, 0) - z * y + log(1 + exp(-|z|)). */
export const binaryCrossEntropies = (logits: Node, targets: Node): Node =>
  add(relu(logits), neg(mul(logits, targets)), log(add(exp(neg(abs(logits))), 1)))

/** Mean binary cross-entropy of s(logits) against targets 0..1, in nats. */
export const binaryCrossEntropy = (logits: Node, targets: Node): Node =>
  mean(binaryCrossEntropies(logits, targets))

/** Mean of losses by their weights, sum(w l) / sum(w): label weights, and 0 for what is ignored. 0 where all weights are. */
export const weightedMean = (losses: Node, weights: Node): Node =>
  div(sum(mul(losses, weights)), maximum(sum(weights), 1e-12))
