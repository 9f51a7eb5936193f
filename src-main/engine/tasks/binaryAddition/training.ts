// Training of binary addition, least significant digit first: the carry must be remembered. A sequence has one step more than the summands
// have bits, for the last carry.
import type { Options } from '../../../contract/config.ts'
import type { Node } from '../../graph/node.ts'
import { abs, eq, gt, input, mean, mul, sigmoid, sub, sum } from '../../graph/ops.ts'
import { bitLosses, fittingLoss, isSquared } from '../../nn/losses.ts'
import { networkOf, type SequenceNetwork } from '../../nn/network.ts'
import { outputsOf, penalised, statisticUpdates, traceNetwork, zeroStates } from '../../nn/trace.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { Perturb } from '../../nn/model.ts'
import type { Weights } from '../../nn/weights.ts'
import { randomStream } from '../../run/random.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { AdditionData } from './data.ts'
import { heldOutCount as validationPairs, heldOutPairs } from './heldOut.ts'

/** Samples per epoch, as in the published recipe. */
const samplesPerEpoch = 10_000
const trainStream = 0x61646431

/** Writes the bits of a, b and a + b into a column of digits (T, B, 2) and answers (T, B). */
function fillPair(
  a: number,
  b: number,
  column: number,
  batch: number,
  steps: number,
  digits: Float64Array,
  answers: Float64Array,
): void {
  for (let t = 0; t < steps; t++) {
    const at = t * batch + column
    digits[2 * at] = (a >>> t) & 1
    digits[2 * at + 1] = (b >>> t) & 1
    answers[at] = ((a + b) >>> t) & 1
  }
}

/** A network with two inputs and one output, without an output bias, as in the first Elman networks. */
export const additionNetwork = ({
  model,
  regularization,
}: Options<'model' | 'regularization'>): SequenceNetwork =>
  networkOf(
    model,
    { symbols: 2, dense: 2, outputs: 1, outputBias: false, activation: 'sigmoid' },
    regularization,
  )

/** The task of binary addition; throws E_CONFIG_DATA for a loss that does not fit. */
export function additionTask(config: ConfigOf<AdditionData>): Task {
  const { bits } = config.data
  const { batch } = config.train
  const steps = bits + 1
  const network = additionNetwork(config)
  const name = fittingLoss(config.train.loss, 'bit', 'sse')
  /** Loss per sum: half squared errors are summed over digits, as in the first Elman networks; other losses are averaged over digits. */
  const lossOf = (logits: Node, y: Node, columns: number) => {
    const losses = bitLosses(name, logits, y)
    return name === 'sse' ? mul(sum(losses), 1 / columns) : mean(losses)
  }
  const seed = seedWords(config.seed)
  const outputs = (weights: Weights, columns: number, training = false, perturb?: Perturb) => {
    const x = input('digits', [steps, columns, 2])
    const trace = traceNetwork(network, weights, x, zeroStates(network, columns), { training, perturb })
    return {
      trace,
      logits: outputsOf(network, weights, trace),
      y: input('answers', [steps, columns, 1]),
    }
  }
  const buffers = (columns: number) => ({
    digits: new Float64Array(steps * columns * 2),
    answers: new Float64Array(steps * columns),
  })
  const trainBuffers = buffers(batch)
  const validationBuffers = buffers(validationPairs)
  return {
    network,
    vocabulary: [],
    stepsPerEpoch: Math.max(1, Math.floor(samplesPerEpoch / batch)),
    stepsPerRun: 1,
    symbolsPerStep: steps * batch,
    symbols: { train: samplesPerEpoch * steps, validation: validationPairs * steps },
    warnings: [],
    graph(weights, _bucket, perturb) {
      const { trace, logits, y } = outputs(weights, batch, true, perturb)
      return {
        loss: penalised(lossOf(logits, y, batch), trace),
        outputs: [isSquared(name) ? sigmoid(logits) : logits],
        carry: statisticUpdates(weights, trace),
        traced: [{ network, trace }],
      }
    },
    feed(executable, step) {
      const random = randomStream({ seed, step }, trainStream)
      const { digits, answers } = trainBuffers
      for (let b = 0; b < batch; b++)
        fillPair(random.below(2 ** bits), random.below(2 ** bits), b, batch, steps, digits, answers)
      executable.write('digits', digits)
      executable.write('answers', answers)
    },
    evaluation: {
      runs: 1,
      graph(weights) {
        const { logits, y } = outputs(weights, validationPairs)
        const wrong = gt(abs(sub(sigmoid(logits), y)), 0.5)
        const right = sum(eq(sum(wrong, [0, 2]), 0))
        return {
          outputs: { loss: lossOf(logits, y, validationPairs), right, wrong: mean(wrong) },
          carry: [],
        }
      },
      feed(executable) {
        const { digits, answers } = validationBuffers
        heldOutPairs(bits).forEach(([a, b], column) =>
          fillPair(a, b, column, validationPairs, steps, digits, answers),
        )
        executable.write('digits', digits)
        executable.write('answers', answers)
      },
      metrics: ({ loss, right, wrong }) => ({
        'val/loss': loss!,
        'val/accuracy': right! / validationPairs,
        'val/bit_error_rate': wrong!,
      }),
    },
  }
}
