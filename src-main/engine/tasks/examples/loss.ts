// Losses and correctness per answer, and the sums of a validation pass with their metrics.
import { argmax, isLargest } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import {
  abs,
  add,
  eq,
  gt,
  input,
  maxOf,
  mul,
  reshape,
  slice,
  softmax,
  square,
  sub,
  sum,
  type Value,
} from '../../graph/ops.ts'
import { binaryCrossEntropies, bitLosses, classLosses, logSigmoid, type LossName } from '../../nn/losses.ts'
import type { Problem, Shape } from './example.ts'
import { asNumbers, lossesOfNumbers, meanOfNumbers, pointForecast, stopOutput } from './numbers.ts'

/** Input name of the target mask of examples for extrapolation, which `given` leaves out; only in evaluations of problems that have some. */
export const extrapolationInput = 'beyond'

/** Target inputs, of equal shape (...): ids or numbers; the target mask (1, or the class weight); and 1 at the last step of an answer. */
export interface Targets {
  answers: Node
  given: Node
  stops: Node | undefined
}

/** logits (..., O) -> output `at` (...). */
const outputAt = (logits: Node, at: number): Node => {
  const last = logits.shape.length - 1
  return reshape(slice(logits, last, at, 1), logits.shape.slice(0, last))
}

/** Loss per answer, with the shape of `answers` (...); logits (..., O). */
export function lossOf(name: LossName, { output }: Shape, logits: Node, { answers, stops }: Targets): Node {
  if (output.kind === 'number') {
    const error = meanOfNumbers(output, lossesOfNumbers(name, output, logits, answers))
    return stops ? add(error, binaryCrossEntropies(stopOutput(logits), stops)) : error
  }
  return output.kind === 'bit'
    ? bitLosses(name, outputAt(logits, 0), answers)
    : classLosses(name, logits, answers)
}

const isPositive = (given: Node): Node => gt(given, 0)
const not = (a: Node): Node => sub(1, a)

/** `right`: 1 for every answer that is right by the problem's criterion, shape of `answers` (...); `counts`: 1 for every answer that is counted. */
function correctness(
  name: LossName,
  problem: Problem,
  logits: Node,
  { answers }: Targets,
): { right: Node; counts: Value } {
  const { output, judge, tolerance } = problem
  const counts = 1
  if (output.kind === 'number') {
    const errors = abs(sub(pointForecast(name, output, logits), asNumbers(output, answers)))
    return { right: gt(tolerance, maxOf(errors, [errors.shape.length - 1])), counts }
  }
  if (output.kind === 'bit') return { right: eq(gt(outputAt(logits, 0), 0), answers), counts }
  const last = [logits.shape.length - 1]
  if (judge.kind === 'legal') {
    // Independent sigmoid outputs are normalised to probabilities.
    const shares = softmax(name === 'crossentropy' ? logits : logSigmoid(logits))
    const chosen = gt(shares, judge.threshold)
    return { right: eq(sum(abs(sub(chosen, input('legal', logits.shape))), last), 0), counts }
  }
  const right = isLargest(logits, answers)
  if (judge.kind === 'argmax') return { right, counts }
  return { right, counts: eq(sum(input('legal', logits.shape), last), 1) }
}

/** Number of examples (columns) without a wrong answer among those that count; `right`, `counts`: (T, B). Examples without any answer are not counted. */
function countExact(right: Node, counts: Node): Node {
  const none = eq(sum(mul(counts, not(right)), [0]), 0)
  return sum(mul(none, maxOf(counts, [0])))
}

/**
 * Scalar sums of one evaluation program, which `metricsOf` turns into metrics. `greedy` (A, B, O): logits of greedy decoding, compared with
 * the answers where `inside` (A, B) is 1.
 */
export function sumsOf(
  name: LossName,
  problem: Problem,
  logits: Node,
  asked: Targets,
  greedy: Node | undefined,
  inside: Node | undefined,
): Record<string, Node> {
  const { topology, output } = problem
  const given = isPositive(asked.given)
  const loss = sum(mul(lossOf(name, problem, logits, asked), given))
  const sums: Record<string, Node> = { loss, count: sum(given) }
  if (topology !== 'one') sums.examples = sum(maxOf(given, [0]))
  const { right, counts: countable } = correctness(name, problem, logits, asked)
  const counts = mul(given, countable)
  if (output.kind !== 'number' || problem.tolerance > 0) {
    sums.right = sum(mul(right, counts))
    sums.judged = sum(counts)
  }
  if (topology === 'each' && !asked.stops) sums.exact = countExact(right, counts)
  if (problem.extrapolates) {
    const extrapolation = input(extrapolationInput, given.shape)
    sums.far = sum(maxOf(extrapolation, [0]))
    sums.further = countExact(right, mul(extrapolation, countable))
  }
  if (output.kind === 'number') {
    const errors = sub(pointForecast(name, output, logits), asNumbers(output, asked.answers))
    sums.squares = sum(mul(meanOfNumbers(output, square(errors)), given))
  }
  if (asked.stops) sums.lengths = countExact(eq(gt(stopOutput(logits), 0), asked.stops), given)
  if (greedy && inside && output.kind === 'classes') {
    const predicted = argmax(greedy)
    const end = output.count - 1
    sums.exact = countExact(eq(predicted, asked.answers), inside)
    sums.lengths = countExact(eq(eq(predicted, end), eq(asked.answers, end)), inside)
  }
  return sums
}

/** Metrics from the sums of all evaluation programs; each is described in docs/tasks.md. */
export const metricsOf =
  ({ judge }: Problem) =>
  ({
    loss,
    count,
    right,
    judged: of,
    squares,
    examples,
    exact,
    lengths,
    further,
    far,
  }: Record<string, number>) => ({
    'val/loss': loss! / count!,
    ...(squares !== undefined && { 'val/mse': squares / count! }),
    ...(right !== undefined && {
      [judge.kind === 'legal' ? 'val/legal_set_accuracy' : 'val/accuracy']: right / of!,
    }),
    ...(exact !== undefined && { 'val/sequence_accuracy': exact / examples! }),
    ...(further !== undefined && { 'val/extrapolation_accuracy': further / far! }),
    ...(lengths !== undefined && { 'val/length_accuracy': lengths / examples! }),
  })
