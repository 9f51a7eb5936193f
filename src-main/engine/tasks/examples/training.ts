// Learning from examples: sequences with an answer at the end, at every step, or with another sequence. Generated memory tasks and
// imported texts are the same task here; they differ in where examples come from.
import type { Options } from '../../../contract/config.ts'
import { sigmoid, slice, sum } from '../../graph/ops.ts'
import { classLogits } from '../../nn/ends.ts'
import { isSquared, weightedMean } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { professorGraph } from '../../nn/professor.ts'
import { penalised } from '../../nn/trace.ts'
import type { Answers, Buckets, Evaluation, Task } from '../../training/task.ts'
import { bucketLengths, bucketOf, byLength, longestOf, type Length } from './batches.ts'
import { answerSteps, stepsOf, type Example, type Problem } from './example.ts'
import { inputsFor, writeExamples } from './feed.ts'
import { lossOf, metricsOf, sumsOf } from './loss.ts'
import { exampleNetwork, lossFor, statisticsOf, traceExamples, traceGreedy } from './network.ts'
import type { Source } from './sources.ts'
import { tableOf } from './table.ts'

const tableRows = 8
/** Held-out examples are validated in order of length, so many at once, padded to one of so many lengths: whatever training does. */
const [heldColumns, heldBuckets] = [32, 4]

const bucketsOf = (
  problem: Problem,
  lengths: readonly Length[],
  examplesOf: (step: number) => readonly Example[],
): { buckets?: Buckets } =>
  lengths.length === 1
    ? {}
    : { buckets: { count: lengths.length, of: (step) => bucketOf(problem, lengths, examplesOf(step)) } }

/** Throws E_CONFIG_DATA. */
export function examplesTask(
  config: Options<'model' | 'train' | 'regularization' | 'forcing'>,
  source: Source,
): Task {
  const { train, forcing } = config
  const { problem, batches, usual } = source
  const network = exampleNetwork(config, problem)
  const loss = lossFor(config, problem)
  /** Squared errors are convex in what was squashed, the other losses in what was not. */
  const squashes = problem.output.kind !== 'number' && isSquared(loss)
  const lengths = bucketLengths(problem, usual, train.buckets, problem.longest)
  const traceOf = (
    weights: Weights,
    length: Length,
    columns: number,
    training: boolean,
    perturb?: Perturb,
  ) => {
    const more = { perturb, unknown: problem.unknown, ...(training && { forcing }) }
    const inputs = inputsFor(problem, length, columns)
    return { inputs, outputs: traceExamples(network, problem, weights, inputs, training, more) }
  }
  const steps = usual.reduce(
    (n, e) => n + stepsOf(problem, e) + (problem.topology === 'pair' ? answerSteps(problem, e) : 0),
    0,
  )
  const perExample = steps / usual.length
  return {
    network,
    vocabulary: problem.symbols,
    labels: problem.labels,
    stepsPerEpoch: batches.stepsPerEpoch,
    stepsPerRun: 1,
    symbolsPerStep: Math.round(perExample * Math.min(train.batch, source.count)),
    symbols: {
      train: Math.round(perExample * source.count),
      validation: source.held.reduce((n, e) => n + stepsOf(problem, e), 0),
    },
    dataBytes: source.bytes,
    warnings: source.warnings,
    ...bucketsOf(problem, lengths, (step) => batches.at(step)),
    graph(weights, bucket = 0, perturb) {
      const { inputs, outputs } = traceOf(weights, lengths[bucket]!, train.batch, true, perturb)
      const plain = weightedMean(lossOf(loss, problem, outputs.logits, inputs.asked), inputs.asked.given)
      const graph = {
        loss: outputs.traces.reduce((sum, { trace }) => penalised(sum, trace), plain),
        outputs: [squashes ? sigmoid(outputs.logits) : outputs.logits],
        given: inputs.asked.given,
        count: sum(inputs.asked.given),
        ...(inputs.mask && { sequences: sum(slice(inputs.mask, 0, 0, 1)) }),
        carry: statisticsOf(outputs),
        traced: outputs.traces,
      }
      if (!outputs.behaviour) return graph
      const { reading, free } = outputs.behaviour
      return {
        ...graph,
        ...professorGraph(network, weights, forcing, graph.loss, reading, free, inputs.inside),
      }
    },
    feed: (executable, step) => writeExamples(executable, problem, batches.at(step), source.weights),
    ...(source.held.length > 0 && { evaluation: evaluation() }),
    answers: answers(),
  }

  function evaluation(): Evaluation {
    const held = byLength(problem, source.held)
    const own = bucketLengths(problem, held, heldBuckets, longestOf(problem, held))
    const columns = Math.min(held.length, heldColumns)
    const part = (run: number) => held.slice(run * columns, (run + 1) * columns)
    return {
      runs: Math.ceil(held.length / columns),
      ...bucketsOf(problem, own, part),
      graph(weights, bucket = 0) {
        const length = own[bucket]!
        const { inputs, outputs } = traceOf(weights, length, columns, false)
        const greedy =
          network.encoder &&
          traceGreedy(network, weights, inputs.x, inputs.mask, length.answer, problem.unknown)
        return {
          outputs: sumsOf(loss, problem, outputs.logits, inputs.asked, greedy, inputs.inside),
          carry: [],
        }
      },
      feed: (executable, run) => writeExamples(executable, problem, part(run)),
      metrics: metricsOf(problem),
    }
  }

  function answers(): Answers {
    const shown = (source.held.length > 0 ? source.held : usual).slice(0, tableRows)
    // Some of them may be longer than any that is learnt from.
    const [usualLength, own] = [lengths.at(-1)!, longestOf(problem, shown)]
    const length = {
      input: Math.max(usualLength.input, own.input),
      answer: Math.max(usualLength.answer, own.answer),
    }
    return {
      graph(weights) {
        const { x, mask } = inputsFor(problem, length, shown.length)
        const logits = network.encoder
          ? traceGreedy(network, weights, x, mask, length.answer, problem.unknown)
          : traceOf(weights, length, shown.length, false).outputs.logits
        return {
          outputs: { logits: problem.output.kind === 'classes' ? classLogits(network, logits) : logits },
        }
      },
      prepare: (executable) => writeExamples(executable, problem, shown),
      table: (executable) => tableOf(problem, shown, executable),
    }
  }
}
