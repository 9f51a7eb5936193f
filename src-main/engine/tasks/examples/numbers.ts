// Outputs of answers that are numbers: how many the network has, and the losses and point forecasts that are read from them. The parameters of a
// distribution follow each other in blocks of `count` numbers: mean and deviation, or one block per quantile; a stop output is the last one.
import type { Node } from '../../graph/node.ts'
import { add, concat, maximum, mean, minimum, mul, reshape, slice, sub } from '../../graph/ops.ts'
import { gaussianLosses, numberLosses, quantileLosses, softplus, type LossName } from '../../nn/losses.ts'
import type { NumberOutput } from './example.ts'

/** Probabilities of the quantiles where a task names none. */
const usualQuantiles = [0.1, 0.5, 0.9]
/** Smallest deviation of a Gaussian output, in the unit of the answers. */
const minDeviation = 1e-4

export const quantilesOf = ({ quantiles }: NumberOutput): readonly number[] =>
  quantiles?.length ? quantiles : usualQuantiles

/** Number of outputs of the network for one answer. */
export function numberOutputs(loss: LossName, output: NumberOutput): number {
  const blocks = loss === 'gaussian' ? 2 : loss === 'quantile' ? quantilesOf(output).length : 1
  return blocks * output.count + (output.stop ? 1 : 0)
}

/** logits (..., O) -> block `at` of the outputs (..., count). */
const block = ({ count }: NumberOutput, logits: Node, at: number): Node =>
  slice(logits, logits.shape.length - 1, at * count, count)

/** logits (..., O) -> the last output (...), that of stopping. */
export function stopOutput(logits: Node): Node {
  const last = logits.shape.length - 1
  return reshape(slice(logits, last, logits.shape[last]! - 1, 1), logits.shape.slice(0, last))
}

/** Mean and standard deviation (..., count) of a Gaussian output; the deviation is softplus(z), as in DeepAR (Salinas et al. 2017). */
export const gaussianOutput = (output: NumberOutput, logits: Node): { mean: Node; deviation: Node } => ({
  mean: block(output, logits, 0),
  deviation: add(softplus(block(output, logits, 1)), minDeviation),
})

/** The forecast (..., count) that errors are measured of: the value, the mean, or the middle quantile. */
export const pointForecast = (loss: LossName, output: NumberOutput, logits: Node): Node =>
  block(output, logits, loss === 'quantile' ? middleOf(quantilesOf(output)) : 0)

/** Probability of the interval of a Gaussian output, and the standard deviations to its ends. */
const gaussianInterval = { level: 0.8, deviations: 1.2815515655446004 }

/** The interval (..., count) of a distribution: the outer quantiles, sorted, or 80 % of a Gaussian; undefined for a loss without one. */
export function intervalOf(
  loss: LossName,
  output: NumberOutput,
  logits: Node,
): { lower: Node; upper: Node } | undefined {
  if (loss === 'gaussian') {
    const { mean: centre, deviation } = gaussianOutput(output, logits)
    const half = mul(deviation, gaussianInterval.deviations)
    return { lower: sub(centre, half), upper: add(centre, half) }
  }
  if (loss !== 'quantile') return undefined
  const quantiles = quantilesOf(output).map((_, i) => block(output, logits, i))
  return {
    lower: quantiles.reduce((a, b) => minimum(a, b)),
    upper: quantiles.reduce((a, b) => maximum(a, b)),
  }
}

/** Probability of the interval that intervalOf gives; null without one. */
export function intervalLevel(loss: LossName, output: NumberOutput): number | null {
  if (loss === 'gaussian') return gaussianInterval.level
  const quantiles = quantilesOf(output)
  return loss === 'quantile' ? Number((quantiles.at(-1)! - quantiles[0]!).toFixed(6)) : null
}

/** logits (..., O) -> the point forecast with the stop output behind it (..., count or count + 1), as tables read them. */
export function answerNumbers(loss: LossName, output: NumberOutput, logits: Node): Node {
  if (loss !== 'gaussian' && loss !== 'quantile') return logits
  const point = pointForecast(loss, output, logits)
  const last = logits.shape.length - 1
  return output.stop ? concat([point, slice(logits, last, logits.shape[last]! - 1, 1)], last) : point
}

/** Index of the probability that is nearest to 0.5. */
export const middleOf = (quantiles: readonly number[]): number =>
  quantiles.reduce((best, q, i) => (Math.abs(q - 0.5) < Math.abs(quantiles[best]! - 0.5) ? i : best), 0)

/** Answers, (...) if there is one number, as (..., count). */
export const asNumbers = ({ count }: NumberOutput, answers: Node): Node =>
  count > 1 ? answers : reshape(answers, [...answers.shape, 1])

/** Values (..., count) -> their mean (...). */
export const meanOfNumbers = ({ count }: NumberOutput, values: Node): Node =>
  count > 1
    ? mean(values, [values.shape.length - 1])
    : reshape(values, values.shape.slice(0, values.shape.length - 1))

/** Losses (..., count) of the numbers of every answer. */
export function lossesOfNumbers(loss: LossName, output: NumberOutput, logits: Node, answers: Node): Node {
  const truth = asNumbers(output, answers)
  if (loss === 'gaussian') {
    const { mean: centre, deviation } = gaussianOutput(output, logits)
    return gaussianLosses(centre, deviation, truth)
  }
  if (loss !== 'quantile') return numberLosses(loss, block(output, logits, 0), truth)
  return quantilesOf(output)
    .map((probability, i) => quantileLosses(probability, sub(truth, block(output, logits, i))))
    .reduce((total, one) => add(total, one))
}
