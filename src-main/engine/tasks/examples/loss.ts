// What an answer costs, and whether it is right: losses per answer (...), and the sums of a validation pass with their metrics.
import { argmax, isLargest } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import { abs, add, eq, gt, input, maxOf, mul, reshape, slice, softmax, square, sub, sum, type Value } from '../../graph/ops.ts' // prettier-ignore
import { binaryCrossEntropies, bitLosses, classLosses, logSigmoid, numberLosses, type LossName } from '../../nn/losses.ts' // prettier-ignore
import type { Problem, Shape } from './example.ts'

/** Where `given` would be, for examples that lie beyond what is learnt from; in evaluations of problems that have some. */
export const beyondInput = 'beyond'

/** Slots: ids or numbers, 1 (or a weight) where an answer is given, and 1 at the step to stop at. */
export interface Asked {
  answers: Node
  given: Node
  stops: Node | undefined
}

/** logits (..., O) -> output `at` (...). */
const line = (logits: Node, at: number): Node => {
  const last = logits.shape.length - 1
  return reshape(slice(logits, last, at, 1), logits.shape.slice(0, last))
}

/** Loss of every answer, (...) as `answers`. */
export function lossOf(name: LossName, { output }: Shape, logits: Node, { answers, stops }: Asked): Node {
  if (output.kind === 'number') {
    const error = numberLosses(name, line(logits, 0), answers)
    return stops ? add(error, binaryCrossEntropies(line(logits, 1), stops)) : error
  }
  return output.kind === 'bit'
    ? bitLosses(name, line(logits, 0), answers)
    : classLosses(name, logits, answers)
}

const where = (given: Node): Node => gt(given, 0)
const not = (a: Node): Node => sub(1, a)

/** 1 for every right answer, by the problem's own measure, (...) as `answers`; and which answers can count at all. */
function judged(
  name: LossName,
  problem: Problem,
  logits: Node,
  { answers }: Asked,
): { right: Node; counts: Value } {
  const { output, judge, tolerance } = problem
  const counts = 1
  if (output.kind === 'number') return { right: gt(tolerance, abs(sub(line(logits, 0), answers))), counts }
  if (output.kind === 'bit') return { right: eq(gt(line(logits, 0), 0), answers), counts }
  const last = [logits.shape.length - 1]
  if (judge.kind === 'legal') {
    // Outputs that were squashed one by one make probabilities by their shares.
    const shares = softmax(name === 'crossentropy' ? logits : logSigmoid(logits))
    const chosen = gt(shares, judge.threshold)
    return { right: eq(sum(abs(sub(chosen, input('legal', logits.shape))), last), 0), counts }
  }
  const right = isLargest(logits, answers)
  if (judge.kind === 'likeliest') return { right, counts }
  return { right, counts: eq(sum(input('legal', logits.shape), last), 1) }
}

/** Examples (B) none of whose answers (T, B) that count is wrong; those without any answer do not count. */
function wholes(right: Node, counts: Node): Node {
  const none = eq(sum(mul(counts, not(right)), [0]), 0)
  return sum(mul(none, maxOf(counts, [0])))
}

/** Sums of a validation pass. `greedy` (A, B, O): what a decoder answers by itself, judged at all steps of an answer, those `inside` (A, B). */
export function sumsOf(
  name: LossName,
  problem: Problem,
  logits: Node,
  asked: Asked,
  greedy: Node | undefined,
  inside: Node | undefined,
): Record<string, Node> {
  const { topology, output } = problem
  const given = where(asked.given)
  const loss = sum(mul(lossOf(name, problem, logits, asked), given))
  const sums: Record<string, Node> = { loss, count: sum(given) }
  if (topology !== 'one') sums.examples = sum(maxOf(given, [0]))
  const { right, counts: can } = judged(name, problem, logits, asked)
  const counts = mul(given, can)
  if (output.kind !== 'number' || problem.tolerance > 0) {
    sums.right = sum(mul(right, counts))
    sums.judged = sum(counts)
  }
  if (topology === 'each' && !asked.stops) sums.exact = wholes(right, counts)
  if (problem.beyond) {
    const far = input(beyondInput, given.shape)
    sums.far = sum(maxOf(far, [0]))
    sums.further = wholes(right, mul(far, can))
  }
  if (output.kind === 'number') sums.squares = sum(mul(square(sub(line(logits, 0), asked.answers)), given))
  if (asked.stops) sums.lengths = wholes(eq(gt(line(logits, 1), 0), asked.stops), given)
  if (greedy && inside && output.kind === 'classes') {
    const own = argmax(greedy)
    const end = output.count - 1
    sums.exact = wholes(eq(own, asked.answers), inside)
    sums.lengths = wholes(eq(eq(own, end), eq(asked.answers, end)), inside)
  }
  return sums
}

/** Sums of all runs -> metrics. What each means is said in docs/tasks.md. */
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
