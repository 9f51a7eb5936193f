// Training of the music task: from the frames up to t, the probability of each key in frame t + 1. Keys are independent given the past
// (Boulanger-Lewandowski, Bengio & Vincent 2012), so the loss of a frame is the sum of 88 binary cross-entropies.
import type { Options } from '../../../contract/config.ts'
import { keyCount, type MusicPiece } from '../../../contract/music/pieces.ts'
import { gt, input, maximum, mul, slice, sum } from '../../graph/ops.ts'
import type { Node } from '../../graph/node.ts'
import { seedWords } from '../../nn/initialise.ts'
import { binaryCrossEntropies, weightedMean } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import { networkOf, refuseLookingAhead, type SequenceNetwork } from '../../nn/network.ts'
import { outputsOf, penalised, statisticUpdates, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Evaluation, Task } from '../../training/task.ts'
import type { Text } from '../../data/source.ts'
import type { ConfigOf } from '../defineTask.ts'
import {
  bucketLengths,
  bucketOf,
  byLength,
  maxLengthOf,
  shuffledBatches,
  type Length,
} from '../examples/batches.ts'
import { stepsOf, type Example } from '../examples/example.ts'
import { musicAnswers } from './answers.ts'
import { baselinesOf } from './baselines.ts'
import type { MusicData } from './data.ts'
import { writeMusic } from './feed.ts'
import { examplesOf, musicLayout, splitPieces } from './pieces.ts'

/** Validation: pieces side by side, and maximum number of padded lengths. Independent of the options of training. */
const [evaluationColumns, evaluationBuckets] = [16, 4]

/** A network that reads 88 keys and gives the logit of each in the next frame. */
export function musicNetwork({
  model,
  regularization,
}: Options<'model' | 'regularization'>): SequenceNetwork {
  refuseLookingAhead(model)
  return networkOf(
    model,
    { symbols: 0, dense: keyCount, outputs: keyCount, outputBias: true, activation: 'sigmoid' },
    regularization,
  )
}

interface Traced {
  /** Outputs, and the frames that they predict, (T, B, 88). */
  logits: Node
  targets: Node
  /** (T, B): 1 for a predicted frame, 0 in the padding. */
  mask: Node
  /** Sum of the cross-entropies of the keys, (T, B). */
  losses: Node
}

function traceMusic(
  network: SequenceNetwork,
  weights: Weights,
  steps: number,
  columns: number,
  training: boolean,
  perturb?: Perturb,
) {
  const frames = input('frames', [steps + 1, columns, keyCount])
  const mask = input('mask', [steps, columns])
  const trace = traceNetwork(network, weights, slice(frames, 0, 0, steps), zeroStates(network, columns), {
    training,
    perturb,
    mask,
  })
  const logits = outputsOf(network, weights, trace)
  const targets = slice(frames, 0, 1, steps)
  const traced: Traced = { logits, targets, mask, losses: sum(binaryCrossEntropies(logits, targets), [2]) }
  return { trace, ...traced }
}

/** Padded steps of a program; the layout counts the first frame, which is not predicted. */
const stepsOfLength = ({ input: frames }: Length): number => frames - 1

/** The music task; throws the errors of splitPieces, and E_CONFIG_DATA for a network that reads ahead. */
export function musicTask(config: ConfigOf<MusicData>, text: Text): Task {
  const { train, data } = config
  const { train: trainPieces, heldOut, warnings } = splitPieces(text, data)
  const examples = trainPieces.flatMap((piece) => examplesOf(piece, data.window))
  const network = musicNetwork(config)
  const seed = seedWords(config.seed)
  const batches = shuffledBatches(musicLayout, examples, train.batch, seed, train.buckets > 1)
  const lengths = lengthsOf(examples, train.buckets)
  const frames = (list: readonly Example[]) =>
    list.reduce((n, example) => n + stepsOf(musicLayout, example) - 1, 0)
  const validation = heldOut.flatMap((piece) => examplesOf(piece, 0))
  const trainFrames = frames(examples)
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: batches.stepsPerEpoch,
    stepsPerRun: 1,
    symbolsPerStep: Math.round((trainFrames / examples.length) * Math.min(train.batch, examples.length)),
    symbols: { train: trainFrames, validation: frames(validation) },
    dataBytes: [...examples, ...validation].reduce((n, example) => n + example.input.length, 0),
    warnings,
    ...bucketsOf(lengths, (step) => batches.at(step)),
    graph(weights, bucket = 0, perturb) {
      const steps = stepsOfLength(lengths[bucket]!)
      const { trace, logits, mask, losses } = traceMusic(network, weights, steps, train.batch, true, perturb)
      return {
        loss: penalised(weightedMean(losses, mask), trace),
        outputs: [logits],
        given: mask,
        count: sum(mask),
        sequences: sum(slice(mask, 0, 0, 1)),
        carry: statisticUpdates(weights, trace),
        traced: [{ network, trace }],
      }
    },
    feed: (executable, step) => writeMusic(executable, batches.at(step), data.transpose, { seed, step }),
    ...(heldOut.length > 0 && {
      evaluation: evaluationOf(network, trainPieces, heldOut, validation),
    }),
    answers: musicAnswers(network, heldOut.length > 0 ? heldOut : trainPieces),
  }
}

/** Padded lengths of at most `buckets` programs, each with a predicted frame. */
const lengthsOf = (examples: readonly Example[], buckets: number): Length[] =>
  bucketLengths(musicLayout, examples, buckets, maxLengthOf(musicLayout, examples)).filter(
    (length) => stepsOfLength(length) > 0,
  )

const bucketsOf = (lengths: readonly Length[], examplesAt: (step: number) => readonly Example[]) =>
  lengths.length === 1
    ? {}
    : {
        buckets: {
          count: lengths.length,
          of: (step: number) => bucketOf(musicLayout, lengths, examplesAt(step)),
        },
      }

function evaluationOf(
  network: SequenceNetwork,
  train: readonly MusicPiece[],
  heldOut: readonly MusicPiece[],
  examples: readonly Example[],
): Evaluation {
  const sorted = byLength(musicLayout, examples)
  const lengths = lengthsOf(sorted, evaluationBuckets)
  const columns = Math.min(sorted.length, evaluationColumns)
  const part = (run: number) => sorted.slice(run * columns, (run + 1) * columns)
  const { marginal, markov } = baselinesOf(train, heldOut)
  return {
    runs: Math.ceil(sorted.length / columns),
    ...bucketsOf(lengths, part),
    graph(weights, bucket = 0) {
      const steps = stepsOfLength(lengths[bucket]!)
      const { logits, targets, mask, losses } = traceMusic(network, weights, steps, columns, false)
      const predicted = gt(logits, 0)
      const over = (keys: Node) => sum(mul(sum(keys, [2]), mask))
      return {
        outputs: {
          loss: sum(mul(losses, mask)),
          count: sum(mask),
          both: over(mul(predicted, targets)),
          either: over(maximum(predicted, targets)),
        },
        carry: [],
      }
    },
    feed: (executable, run) => writeMusic(executable, part(run), 0, { seed: [0, 0], step: 0 }),
    metrics: ({ loss, count, both, either }) => ({
      'val/loss': loss! / count!,
      'val/nll': loss! / count!,
      // Without a note in truth and prediction all frames are right.
      'val/frame_accuracy': either === 0 ? 1 : both! / either!,
      'val/nll_marginal': marginal,
      'val/nll_markov': markov,
    }),
  }
}
