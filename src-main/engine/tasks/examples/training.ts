// Training on examples: sequences with one answer, an answer per step, or another sequence as the answer. Serves generated problems and
// imported texts alike; only their sources differ.
import type { Options } from '../../../contract/config.ts'
import { argmax } from '../../graph/argmax.ts'
import { sigmoid, slice, sum } from '../../graph/ops.ts'
import { beamPaths } from '../../nn/beam.ts'
import { isSquared, weightedMean } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { professorGraph } from '../../nn/professor.ts'
import { penalised } from '../../nn/trace.ts'
import type { Answers, Buckets, Evaluation, Task } from '../../training/task.ts'
import type { Executable } from '../../run/executor.ts'
import { windowOf } from './alignment.ts'
import { bucketLengths, bucketOf, byLength, maxLengthOf, type Length } from './batches.ts'
import { answerSteps, stepsOf, type Example, type Problem } from './example.ts'
import { inputsFor, writeExamples, type Inputs } from './feed.ts'
import { lossOf, metricsOf, sumsOf } from './loss.ts'
import {
  exampleNetwork,
  lossFor,
  statisticsOf,
  beamRecordOf,
  traceBeam,
  traceExamples,
  traceGreedy,
  type Decoding,
} from './network.ts'
import type { Source } from './sources.ts'
import { tableOf, tableOutputs } from './table.ts'
import { addSums, pathSums, textScores } from './textEvaluation.ts'

const tableRows = 8
/** Validation: batch size and maximum number of padded lengths; examples are sorted by length. Independent of the options of training. */
const [evaluationColumns, evaluationBuckets] = [32, 4]

const bucketsOf = (
  problem: Problem,
  lengths: readonly Length[],
  examplesOf: (step: number) => readonly Example[],
): { buckets?: Buckets } =>
  lengths.length === 1
    ? {}
    : { buckets: { count: lengths.length, of: (step) => bucketOf(problem, lengths, examplesOf(step)) } }

/** The task of training on examples of a source; throws E_CONFIG_DATA if model and problem are incompatible. */
export function examplesTask(
  config: Options<'model' | 'train' | 'regularization' | 'forcing' | 'logging'>,
  source: Source,
): Task {
  const { train, forcing, logging } = config
  const { problem, batches, lengthSample } = source
  const network = exampleNetwork(config, problem)
  const loss = lossFor(config, problem)
  /** Squared errors are convex in the sigmoid of the logits, the other losses in the logits. */
  const appliesSigmoid = problem.output.kind !== 'number' && isSquared(loss)
  const lengths = bucketLengths(problem, lengthSample, train.buckets, problem.maxLength)
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
  const steps = lengthSample.reduce(
    (n, e) => n + stepsOf(problem, e) + (problem.topology === 'pair' ? answerSteps(problem, e) : 0),
    0,
  )
  const perExample = steps / lengthSample.length
  return {
    network,
    vocabulary: problem.symbols,
    labels: problem.labels,
    stepsPerEpoch: batches.stepsPerEpoch,
    stepsPerRun: 1,
    symbolsPerStep: Math.round(perExample * Math.min(train.batch, source.count)),
    symbols: {
      train: Math.round(perExample * source.count),
      validation: source.heldOut.reduce((n, e) => n + stepsOf(problem, e), 0),
    },
    dataBytes: source.bytes,
    warnings: source.warnings,
    ...bucketsOf(problem, lengths, (step) => batches.at(step)),
    graph(weights, bucket = 0, perturb) {
      const { inputs, outputs } = traceOf(weights, lengths[bucket]!, train.batch, true, perturb)
      const plain = weightedMean(lossOf(loss, problem, outputs.logits, inputs.targets), inputs.targets.given)
      const graph = {
        loss: outputs.traces.reduce((sum, { trace }) => penalised(sum, trace), plain),
        outputs: [appliesSigmoid ? sigmoid(outputs.logits) : outputs.logits],
        given: inputs.targets.given,
        count: sum(inputs.targets.given),
        ...(inputs.mask && { sequences: sum(slice(inputs.mask, 0, 0, 1)) }),
        carry: statisticsOf(outputs),
        traced: outputs.traces,
      }
      if (!outputs.behaviour) return graph
      const { reading, free } = outputs.behaviour
      return {
        ...graph,
        ...professorGraph(network, weights, forcing, graph.loss, reading, free, inputs.answerMask),
      }
    },
    feed: (executable, step) => writeExamples(executable, problem, batches.at(step), source.weights),
    ...(source.heldOut.length > 0 && { evaluation: evaluation() }),
    answers: answers(),
  }

  function decodingOf({ x, mask }: Pick<Inputs, 'x' | 'mask'>, { answer }: Length): Decoding {
    return { x, mask, steps: answer, unknown: problem.unknown }
  }

  function evaluation(): Evaluation {
    const heldOut = byLength(problem, source.heldOut)
    const own = bucketLengths(problem, heldOut, evaluationBuckets, maxLengthOf(problem, heldOut))
    const columns = Math.min(heldOut.length, evaluationColumns)
    const beam =
      network.encoder && logging.beam > 0
        ? { width: logging.beam, lengthPenalty: logging.lengthPenalty }
        : undefined
    const scores = source.textAnswers && textScores(problem, heldOut, lengthSample)
    let baselines: Record<string, number> | undefined
    const part = (run: number) => heldOut.slice(run * columns, (run + 1) * columns)
    return {
      runs: Math.ceil(heldOut.length / columns),
      ...bucketsOf(problem, own, part),
      graph(weights, bucket = 0) {
        const length = own[bucket]!
        const { inputs, outputs } = traceOf(weights, length, columns, false)
        const decoding = decodingOf(inputs, length)
        const greedy = network.encoder && !beam && traceGreedy(network, weights, decoding).logits
        const { alignments: _, ...found } = beam ? traceBeam(network, weights, decoding, beam) : {}
        return {
          outputs: {
            ...sumsOf(loss, problem, outputs.logits, inputs.targets, greedy || undefined, inputs.answerMask),
            ...(scores && greedy && { said: argmax(greedy) }),
            ...found,
          },
          carry: [],
        }
      },
      feed: (executable, run) => writeExamples(executable, problem, part(run)),
      ...((scores || beam) && { measure }),
      metrics: (sums) => ({
        ...metricsOf(problem)(sums),
        ...scores?.metrics(sums),
        ...(baselines ??= source.baselines?.()),
      }),
    }

    /** Counts of the outputs that a run of the program decoded. */
    function measure(executable: Executable, run: number): Record<string, number> {
      const sums: Record<string, number> = {}
      const said = beam ? undefined : executable.read('said')
      const found = beam && beamRecordOf(executable)
      part(run).forEach((example, column) => {
        if (found) {
          const [path] = beamPaths(found, beam, column, network.output.size - 1)
          addSums(sums, pathSums(example, path!))
          if (scores) addSums(sums, scores.sums(example, path!.ids))
        } else if (scores) {
          const ids = Array.from({ length: said!.length / columns }, (_, t) => said![t * columns + column]!)
          addSums(sums, scores.sums(example, ids))
        }
      })
      return sums
    }
  }

  function answers(): Answers {
    const shown = (source.heldOut.length > 0 ? source.heldOut : lengthSample).slice(0, tableRows)
    // Held-out examples may be longer than all training examples.
    const [usualLength, own] = [lengths.at(-1)!, maxLengthOf(problem, shown)]
    const length = {
      input: Math.max(usualLength.input, own.input),
      answer: Math.max(usualLength.answer, own.answer),
    }
    return {
      graph(weights) {
        const { x, mask } = inputsFor(problem, length, shown.length)
        const { logits, ...found } = network.encoder
          ? traceGreedy(network, weights, decodingOf({ x, mask }, length))
          : { logits: traceOf(weights, length, shown.length, false).outputs.logits }
        return { outputs: { logits: tableOutputs(network, problem, loss, logits), ...found } }
      },
      prepare: (executable) => writeExamples(executable, problem, shown),
      table: (executable) => tableOf(problem, shown, executable, windowOf(network)),
    }
  }
}
