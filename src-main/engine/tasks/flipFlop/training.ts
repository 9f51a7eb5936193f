// Training of the flip-flop task: an output per channel and step, squared errors, and a validation on sequences that are the same for every run.
import type { Options } from '../../../contract/config.ts'
import { eq, gt, input, mean, mul, sub, sum } from '../../graph/ops.ts'
import { seedWords } from '../../nn/initialise.ts'
import { fittingLoss, numberLosses } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import { networkOf, type SequenceNetwork } from '../../nn/network.ts'
import { outputsOf, penalised, statisticUpdates, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Weights } from '../../nn/weights.ts'
import { randomStream } from '../../run/random.ts'
import type { Executable } from '../../run/executor.ts'
import type { Answers, Evaluation, Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { FlipFlopData } from './data.ts'
import { flipFlopHeldOut } from './heldOut.ts'
import { columnRows, drawSequences, pulseBuffers, type PulseBuffers } from './sequences.ts'

/** Sequences per epoch, and held-out ones. */
const perEpoch = 10_000
const heldOutCount = 512
/** Held-out sequences that are shown with the outputs. */
const shownCount = 4
const streams = { train: 0x666c6970, heldOut: 0x666c6f70 }
/** Held-out sequences are the same in all runs with the same data. */
const heldOutSeed = [0x68656c64, 0x666c6970] as const

/** A network with one input and one output number per channel. */
export const flipFlopNetwork = ({
  model,
  regularization,
  data: { channels },
}: Options<'model' | 'regularization'> & { data: FlipFlopData }): SequenceNetwork =>
  networkOf(
    model,
    { symbols: 0, dense: channels, outputs: channels, outputBias: true, activation: 'none' },
    regularization,
  )

const write = (executable: Executable, { pulses, signs }: PulseBuffers): void => {
  executable.write('pulses', pulses)
  if (executable.program.slots.has('signs')) executable.write('signs', signs)
}

/** The first held-out sequences. */
function heldOutSequences(data: FlipFlopData, columns: number): PulseBuffers {
  const buffers = pulseBuffers(data, columns)
  drawSequences(data, randomStream({ seed: heldOutSeed, step: 0 }, streams.heldOut), columns, buffers)
  return buffers
}

/** All held-out sequences. */
export const allHeldOut = (data: FlipFlopData) =>
  flipFlopHeldOut(data, heldOutSequences(data, heldOutCount), heldOutCount)

/** The flip-flop task; throws E_CONFIG_DATA for a loss that does not fit numbers. */
export function flipFlopTask(config: ConfigOf<FlipFlopData>): Task {
  const { data } = config
  const { channels, length } = data
  const { batch } = config.train
  const network = flipFlopNetwork(config)
  const loss = fittingLoss(config.train.loss, 'number')
  const outputs = (weights: Weights, columns: number, training = false, perturb?: Perturb) => {
    const x = input('pulses', [length, columns, channels])
    const trace = traceNetwork(network, weights, x, zeroStates(network, columns), { training, perturb })
    return {
      trace,
      values: outputsOf(network, weights, trace),
      signs: input('signs', [length, columns, channels]),
    }
  }
  const seed = seedWords(config.seed)
  const trainBuffers = pulseBuffers(data, batch)
  const heldOut = (columns: number) => heldOutSequences(data, columns)
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(perEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: length * batch,
    symbols: { train: perEpoch * length, validation: heldOutCount * length },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { trace, values, signs } = outputs(weights, batch, true, perturb)
      return {
        loss: penalised(mean(numberLosses(loss, values, signs)), trace),
        outputs: [values],
        carry: statisticUpdates(weights, trace),
        traced: [{ network, trace }],
      }
    },
    feed(executable, step) {
      drawSequences(data, randomStream({ seed, step }, streams.train), batch, trainBuffers)
      write(executable, trainBuffers)
    },
    evaluation: evaluation(),
    answers: answers(),
  }

  function evaluation(): Evaluation {
    return {
      runs: 1,
      graph(weights) {
        const { values, signs } = outputs(weights, heldOutCount)
        const wrong = sub(1, gt(mul(values, signs), 0))
        return {
          outputs: {
            loss: mean(numberLosses(loss, values, signs)),
            right: mean(eq(sum(wrong, [2]), 0)),
          },
          carry: [],
        }
      },
      feed: (executable) => write(executable, heldOut(heldOutCount)),
      metrics: ({ loss, right }) => ({ 'val/loss': loss!, 'val/accuracy': right! }),
    }
  }

  function answers(): Answers {
    const shown = heldOut(shownCount)
    return {
      graph: (weights) => ({ outputs: { values: outputs(weights, shownCount).values } }),
      prepare: (executable) => write(executable, shown),
      table(executable) {
        const rows = (values: Float64Array | Float32Array) =>
          Array.from({ length: shownCount }, (_, b) => columnRows(data, values, shownCount, b))
        const [input, expected, predicted] = [shown.pulses, shown.signs, executable.read('values')].map(rows)
        return {
          kind: 'channels',
          sequences: input!.map((one, b) => ({
            input: one,
            expected: expected![b]!,
            predicted: predicted![b]!.map((row) => row.map((value) => Number(value.toFixed(3)))),
          })),
        }
      },
    }
  }
}
