// Losses over outputs before squashing, each a mean over what is predicted unless said otherwise; and which of them fits which answers.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
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
  oneHot,
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

export type LossName = Exclude<RunConfig['train']['loss'], 'auto'>

/** What may be learnt with what, the usual one first. */
const fitting: Record<'classes' | 'bit' | 'number', readonly [LossName, ...LossName[]]> = {
  classes: ['crossentropy', 'binary', 'mse', 'sse'],
  bit: ['binary', 'mse', 'sse'],
  number: ['mse', 'sse'],
}

/** The loss that answers of this kind are learnt with, `usual` for auto; throws E_CONFIG_DATA on one that does not fit. */
export function fittingLoss(
  asked: RunConfig['train']['loss'],
  kind: keyof typeof fitting,
  usual: LossName = fitting[kind][0],
): LossName {
  if (asked === 'auto') return usual
  if (fitting[kind].includes(asked)) return asked
  const what = { classes: 'classes', bit: 'yes or no', number: 'numbers' }[kind]
  throw new UnrollError('E_CONFIG_DATA', `train.loss: ${asked} does not fit answers that are ${what}; take ${fitting[kind].join(' or ')}.`, { path: 'train.loss' }) // prettier-ignore
}

/** True where a loss reads outputs squashed one by one, and is convex in what came of it. */
export const isSquared = (name: LossName): boolean => name === 'mse' || name === 'sse'

const squares = (name: LossName, error: Node): Node => mul(square(error), name === 'sse' ? 0.5 : 1)

/** Loss of every answer that is a number. */
export const numberLosses = (name: LossName, values: Node, answers: Node): Node =>
  squares(name, sub(values, answers))

/** Loss of every yes-or-no answer 0..1, of outputs before squashing. */
export const bitLosses = (name: LossName, logits: Node, answers: Node): Node =>
  name === 'binary' ? binaryCrossEntropies(logits, answers) : numberLosses(name, sigmoid(logits), answers)

/**
 * Loss of every answer that is a class: logits (..., V), ids (...) -> (...). All but cross-entropy take every output for a yes or no of its
 * own and add them up; a negative id is a no to all.
 */
export function classLosses(name: LossName, logits: Node, ids: Node): Node {
  if (name === 'crossentropy') return crossEntropy(logits, ids)
  return sum(bitLosses(name, logits, oneHot(ids, logits.shape.at(-1)!)), [ids.shape.length])
}

/** log s(z) = min(z, 0) - log(1 + exp(-|z|)). */
export const logSigmoid = (z: Node): Node => sub(neg(relu(neg(z))), log(add(exp(neg(abs(z))), 1)))
