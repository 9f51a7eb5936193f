// Training of Elman's three series: symbol by symbol with his rule (online), or as one sequence by backpropagation (full).
import type { Options } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { layerSizes } from '../../../contract/shape.ts'
import type { Node } from '../../graph/node.ts'
import { abs, gt, input, mean, mul, oneHot, sigmoid, square, sub, sum } from '../../graph/ops.ts'
import { classLosses, halfSquares, isSquared, type LossName } from '../../nn/losses.ts'
import type { Perturb } from '../../nn/model.ts'
import { networkOf, type SequenceNetwork } from '../../nn/network.ts'
import {
  outputsOf,
  penalised,
  statisticUpdates,
  traceNetwork,
  zeroStates,
  type Trace,
} from '../../nn/trace.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import { elmanEpoch } from './elmanRule.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { SeriesData } from './data.ts'
import { series, seriesSymbols } from './series.ts'
import type { Task } from '../../training/task.ts'

/** A network with one sigmoid output per symbol, without biases in the output layer. */
export const seriesNetwork = ({
  model,
  regularization,
}: Options<'model' | 'regularization'>): SequenceNetwork =>
  networkOf(
    model,
    { symbols: seriesSymbols, outputs: seriesSymbols, outputBias: false, activation: 'sigmoid' },
    regularization,
  )

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** The loss of four independent binary outputs; after some symbols all targets are 0. */
const seriesLoss = ({ train: { loss } }: Options<'train'>): LossName => (loss === 'auto' ? 'sse' : loss)

/** The task of a series; throws E_CONFIG_DATA where the online rule does not support the model. */
export function seriesTask(config: ConfigOf<SeriesData>): Task {
  const { train, model } = config
  const { input: symbols, answer } = series[config.data.series]
  const online = train.bptt === 'online'
  if (online && layerSizes(model).length > 1)
    throw refuse(
      'model.layers',
      'the online rule is defined for one layer; set layers to 1, or bptt to "full".',
    )
  if (online && model.bidirectional)
    throw refuse(
      'model.bidirectional',
      'the online rule is defined for one direction; switch it off, or set bptt to "full".',
    )
  const network = seriesNetwork(config)
  const steps = symbols.length
  const x = () => input('ids', [steps, 1])
  const y = () => oneHot(input('answers', [steps, 1]), seriesSymbols)
  /** Number of outputs on the wrong side of 0.5. */
  const wrongOf = (answers: Node, targets: Node) => sum(gt(abs(sub(answers, targets)), 0.5))
  const squares = (answers: Node, targets: Node) => mul(sum(square(sub(answers, targets))), 0.5)
  const name = seriesLoss(config)
  /** Half squared errors are summed over symbols, as in the first Elman networks; other losses are averaged over symbols. */
  const lossOf = (logits: Node) =>
    name === 'sse' ? halfSquares(logits, y()) : mean(classLosses(name, logits, input('answers', [steps, 1])))
  const traceOf = (weights: Weights, training: boolean, perturb?: Perturb) => {
    return traceNetwork(network, weights, x(), zeroStates(network, 1), { training, perturb })
  }
  const answersOf = (weights: Weights, trace: Trace) => sigmoid(outputsOf(network, weights, trace))
  const write = (executable: Executable) => {
    executable.write(
      'ids',
      symbols.map((s) => s - 1),
    )
    if (executable.program.slots.has('answers'))
      executable.write(
        'answers',
        answer.map((a) => a - 1),
      )
  }
  const task: Task = {
    network,
    vocabulary: Array.from({ length: seriesSymbols }, (_, i) => String(i + 1)),
    stepsPerEpoch: online ? steps : 1,
    stepsPerRun: online ? steps : 1,
    symbolsPerStep: online ? 1 : steps,
    symbols: { train: steps, validation: 0 },
    warnings: [],
    outputs: steps * seriesSymbols,
    graph(weights, _bucket, perturb) {
      const trace = traceOf(weights, true, perturb)
      const logits = outputsOf(network, weights, trace)
      const answers = sigmoid(logits)
      return {
        loss: penalised(lossOf(logits), trace),
        outputs: [isSquared(name) ? answers : logits],
        carry: statisticUpdates(weights, trace),
        wrong: wrongOf(answers, y()),
        traced: [{ network, trace }],
      }
    },
    // The inputs are constant, so they are written once.
    prepare: write,
    feed() {},
    answers: {
      graph: (weights) => ({ outputs: { predicted: answersOf(weights, traceOf(weights, false)) } }),
      prepare: write,
      table(executable) {
        const flat = Array.from(executable.read('predicted'))
        const predicted = symbols.map((_, t) => flat.slice(t * seriesSymbols, (t + 1) * seriesSymbols))
        const solved = predicted.every((row, t) =>
          row.every((value, o) => value > 0.5 === (o + 1 === answer[t])),
        )
        return { input: symbols, expected: answer, predicted, solved }
      },
    },
  }
  if (!online) return task
  return {
    ...task,
    ownUpdates(weights) {
      const targets = y()
      const { answers, norm, updates } = elmanEpoch(network, weights, x(), targets, train.window)
      return { loss: squares(answers, targets), norm, updates, wrong: wrongOf(answers, targets) }
    },
  }
}
