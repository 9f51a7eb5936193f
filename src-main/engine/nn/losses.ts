// Losses of outputs before the output activation, and the losses that fit each kind of answer.
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

/** (1/2) sum (s(logits) - targets)^2 over all elements, the loss of Elman (1990). */
export const halfSquares = (logits: Node, targets: Node): Node =>
  mul(sum(square(sub(sigmoid(logits), targets))), 0.5)

/** Binary cross-entropy of every s(logit) against a target 0..1, in nats: max(z, 0) - z * y + log(1 + exp(-|z|)). */
export const binaryCrossEntropies = (logits: Node, targets: Node): Node =>
  add(relu(logits), neg(mul(logits, targets)), log(add(exp(neg(abs(logits))), 1)))

/** Mean binary cross-entropy of s(logits) against targets 0..1, in nats. */
export const binaryCrossEntropy = (logits: Node, targets: Node): Node =>
  mean(binaryCrossEntropies(logits, targets))

/** Weighted mean sum(w l) / sum(w); 0 if all weights are 0. */
export const weightedMean = (losses: Node, weights: Node): Node =>
  div(sum(mul(losses, weights)), maximum(sum(weights), 1e-12))

export type LossName = Exclude<RunConfig['train']['loss'], 'auto'>

/** Losses that fit each kind of answer, the default first; distribution: numbers, or the parameters of their distribution. */
const fitting: Record<'classes' | 'bit' | 'number' | 'distribution', readonly [LossName, ...LossName[]]> = {
  classes: ['crossentropy', 'binary', 'mse', 'sse'],
  bit: ['binary', 'mse', 'sse'],
  number: ['mse', 'sse', 'mae'],
  distribution: ['mse', 'sse', 'mae', 'gaussian', 'quantile'],
}

/** The loss for answers of this kind, `usual` for auto. Throws E_CONFIG_DATA if the chosen one does not fit. */
export function fittingLoss(
  asked: RunConfig['train']['loss'],
  kind: keyof typeof fitting,
  usual: LossName = fitting[kind][0],
): LossName {
  if (asked === 'auto') return usual
  if (fitting[kind].includes(asked)) return asked
  const what = { classes: 'classes', bit: 'yes or no', number: 'numbers', distribution: 'numbers' }[kind]
  throw new UnrollError(
    'E_CONFIG_DATA',
    `train.loss: ${asked} does not fit answers that are ${what}; take ${fitting[kind].join(' or ')}.`,
    { path: 'train.loss' },
  )
}

/** Whether a loss is a squared error of sigmoid outputs, convex in those. */
export const isSquared = (name: LossName): boolean => name === 'mse' || name === 'sse'

const squares = (name: LossName, error: Node): Node => mul(square(error), name === 'sse' ? 0.5 : 1)

/** Squared or absolute errors of numbers, elementwise. */
export const numberLosses = (name: LossName, values: Node, answers: Node): Node =>
  name === 'mae' ? abs(sub(values, answers)) : squares(name, sub(values, answers))

/** log(1 + exp(z)), elementwise. */
export const softplus = (z: Node): Node => add(relu(z), log(add(exp(neg(abs(z))), 1)))

const halfLogTau = 0.5 * Math.log(2 * Math.PI)
/** Negative log-likelihoods of a Gaussian in nats, elementwise; deviations above 0. */
export const gaussianLosses = (mean: Node, deviation: Node, answers: Node): Node =>
  add(mul(square(div(sub(answers, mean), deviation)), 0.5), log(deviation), halfLogTau)

/** Pinball losses of a quantile from truth minus forecast, elementwise (Koenker & Bassett 1978): q e above, (q - 1) e below. */
export const quantileLosses = (probability: number, errors: Node): Node =>
  maximum(mul(errors, probability), mul(errors, probability - 1))

/** Losses of binary answers 0..1 from logits, elementwise. */
export const bitLosses = (name: LossName, logits: Node, answers: Node): Node =>
  name === 'binary' ? binaryCrossEntropies(logits, answers) : numberLosses(name, sigmoid(logits), answers)

/**
 * Losses of class answers: logits (..., V), ids (...) -> (...). All but cross-entropy sum the binary losses of the one-hot target; a
 * negative id is a target of zeros.
 */
export function classLosses(name: LossName, logits: Node, ids: Node): Node {
  if (name === 'crossentropy') return crossEntropy(logits, ids)
  return sum(bitLosses(name, logits, oneHot(ids, logits.shape.at(-1)!)), [ids.shape.length])
}

/** log s(z) = min(z, 0) - log(1 + exp(-|z|)). */
export const logSigmoid = (z: Node): Node => sub(neg(relu(neg(z))), log(add(exp(neg(abs(z))), 1)))
