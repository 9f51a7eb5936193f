// The held-out examples of a problem: series of numbers or symbols with one answer, or an answer at every step. Refuses pairs.
import type { Options } from '../../../contract/config.ts'
import type { Node } from '../../graph/node.ts'
import { concat, div, logSoftmax, maximum, mul, neg, reshape, slice, sum } from '../../graph/ops.ts'
import { inputSize } from '../../generation/stepProgram.ts'
import { classLogits } from '../../nn/ends.ts'
import { logSigmoid, type LossName } from '../../nn/losses.ts'
import type { Model } from '../../nn/model.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import type { HeldOut } from '../heldOut.ts'
import { maxLengthOf } from './batches.ts'
import { stepsOf, type Example, type Problem } from './example.ts'
import { inputsFor, writeExamples } from './feed.ts'
import { lossOf } from './loss.ts'
import { lossFor, traceExamples, type ExampleNetwork } from './network.ts'
import { answerNumbers } from './numbers.ts'
import { tableOf, tableOutputs } from './table.ts'

const exampleNetworkOf = (network: Model) =>
  ({ pooling: 'last', ...(network as SequenceNetwork) }) as ExampleNetwork

/** The examples of a problem that is no pair; `training`: some of its training examples. */
export function heldOutOfProblem(
  config: Options<'train'>,
  problem: Problem,
  examples: readonly Example[],
  training: readonly Example[],
): HeldOut {
  const { input, output, topology, symbols } = problem
  const channels = 'channels' in input ? input.channels : 1
  const loss = lossFor(config, problem)
  const scale = problem.numberScale ?? 1
  return {
    count: examples.length,
    dimensions:
      'symbols' in input
        ? ['symbol']
        : (problem.dimensions ?? Array.from({ length: channels }, (_, i) => `input ${i + 1}`)),
    ids: 'symbols' in input ? symbols : null,
    answers: answersOf(problem),
    training: () =>
      Float64Array.from(training.flatMap((one) => Array.from(one.input, (value) => scale * value))),
    example(index) {
      const example = examples[index]!
      const places = stepsOf(problem, example)
      const steps = Array.from(example.answer, (_, t) => t)
      const last = steps.findLast((t) => output.kind === 'number' || example.answer[t]! >= 0)
      return {
        places,
        values: Float64Array.from(example.input, (value) => scale * value),
        tokens: 'symbols' in input ? Array.from(example.input, (id) => symbols[id]!) : [],
        picture: null,
        at: topology === 'one' ? null : (last ?? places - 1),
      }
    },
    graph(model, weights, x, at) {
      const network = exampleNetworkOf(model)
      const dense: ExampleNetwork = { ...network, input: { kind: 'dense', size: inputSize(network) } }
      const { logits } = traceExamples(dense, problem, weights, { x, mask: undefined }, false)
      const own = at === null ? logits : reshape(slice(logits, 0, at, 1), [x.shape[1]!, logits.shape.at(-1)!])
      return answerNodes(network, problem, loss, own)
    },
    program(model, weights, numbers) {
      const network = exampleNetworkOf(model)
      const shown = numbers.map((n) => examples[n]!)
      const inputs = inputsFor(problem, maxLengthOf(problem, shown), shown.length)
      const { logits } = traceExamples(network, problem, weights, inputs, false)
      const { given } = inputs.targets
      const byExample = (values: Node) =>
        sum(reshape(values, [topology === 'one' ? 1 : given.shape[0]!, shown.length]), [0])
      const losses = byExample(mul(lossOf(loss, problem, logits, inputs.targets), given))
      const judged = output.kind !== 'number' || problem.tolerance > 0
      return {
        outputs: {
          logits: tableOutputs(network, problem, loss, logits),
          loss: div(losses, maximum(byExample(given), 1)),
        },
        // Examples of extrapolation have targets like the others here.
        write: (executable) =>
          writeExamples(
            executable,
            problem,
            shown.map(({ extrapolation: _, ...one }) => one),
          ),
        read(executable) {
          const read = executable.read('loss')
          return tableOf(problem, shown, executable).rows.map((row, i) => ({
            example: numbers[i]!,
            ...row,
            right: judged ? row.right : null,
            loss: read[i]!,
          }))
        },
      }
    },
  }
}

/** The names of the answers; with a stop output the last number is log p(stop). */
function answersOf({ output, labels, answerNames }: Problem): HeldOut['answers'] {
  if (output.kind !== 'number') return { kind: 'class', names: labels }
  const { count, stop } = output
  const names =
    answerNames ?? (count === 1 ? ['value'] : Array.from({ length: count }, (_, i) => `value ${i + 1}`))
  return { kind: 'number', names: stop ? [...names, 'log p(stop)'] : names }
}

/** Outputs before the activation (B, O) -> answers (B, K). */
function answerNodes(network: SequenceNetwork, { output }: Problem, loss: LossName, logits: Node): Node {
  if (output.kind === 'classes') return logSoftmax(classLogits(network, logits))
  if (output.kind === 'bit') return concat([logSigmoid(neg(logits)), logSigmoid(logits)], 1)
  const { count, stop } = output
  const numbers = answerNumbers(loss, output, logits)
  return stop ? concat([slice(numbers, 1, 0, count), logSigmoid(slice(numbers, 1, count, 1))], 1) : numbers
}
