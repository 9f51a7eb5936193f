// Professor forcing (Lamb et al. 2016): a discriminator reads the sequence of hidden states and says whether the network was reading a
// text or running free; the network learns not to be told apart. The discriminator is a network like any other: a bidirectional GRU, a
// head over the mean of its states, one output. Here it sees hidden states only; the paper also shows it the output probabilities.
import { parseWith } from '../../contract/validate.ts'
import { modelConfig, type TrainConfig } from '../../contract/config.ts'
import type { Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { add, concat, constant, gt, mean, mul, select, slice } from '../graph/ops.ts'
import { readout } from './ends.ts'
import { binaryCrossEntropy } from './losses.ts'
import { networkOf, within, type Network, type Weights } from './network.ts'
import { traceNetwork, zeroStates } from './trace.ts'

/** Prefix of the discriminator's weights. */
export const professorPrefix = 'professor.'

/** The discriminator of networks whose readout reads `top` values. */
export function discriminator(train: TrainConfig, top: number): Network {
  const units = train.professorUnits
  const model = { cell: 'gru', hidden: units, head: units, bidirectional: true }
  const config = parseWith(modelConfig, model, 'config', 'discriminator')
  return networkOf(config, { symbols: 0, dense: top, outputs: 1, outputBias: true, squash: 'sigmoid' })
}

/** The network with the discriminator's weights beside its own. */
export function withProfessor(network: Network, train: TrainConfig): Network {
  if (train.forcing !== 'professor') return network
  const own = discriminator(train, network.top).weights
  const named = [...own].map(([name, weight]): [string, Weight] => [`${professorPrefix}${name}`, weight])
  return { ...network, weights: new Map([...network.weights, ...named]) }
}

export interface Verdict {
  /** To be added to the network's loss: that free running is told from reading. Counts only while the discriminator is worth fooling. */
  fooling: Node
  /** The discriminator's own loss. */
  telling: Node
  /** Share of right judgements. */
  accuracy: Node
}

/** What professor forcing adds to the graph of a step whose loss is `loss`. */
export function professorGraph(weights: Weights, train: TrainConfig, loss: Node, reading: Node, free: Node) {
  const { fooling, telling, accuracy } = judge(weights, train, reading, free)
  return {
    loss: add(loss, fooling),
    // A discriminator that is nearly perfect rests, or nothing could fool it any more.
    rival: { prefix: professorPrefix, loss: mul(telling, gt(nearlyPerfect, accuracy)) },
    records: { discriminator_loss: telling, discriminator_accuracy: accuracy },
  }
}

const worthFooling = 0.75
const nearlyPerfect = 0.99

/** Judges hidden states of reading and of free running, each (T, B, top). */
export function judge(weights: Weights, train: TrainConfig, reading: Node, free: Node): Verdict {
  const network = discriminator(train, reading.shape[2]!)
  const own = within(weights, professorPrefix)
  const batch = reading.shape[1]!
  const both = concat([reading, free], 1)
  const { top } = traceNetwork(network, own, both, zeroStates(network, 2 * batch))
  const logits = readout(network, own, mean(top, [0]))
  const isReading = concat([constant(1, [batch, 1]), constant(0, [batch, 1])], 0)
  const right = select(isReading, gt(logits, 0), gt(0, logits))
  const accuracy = mean(right)
  const fooling = binaryCrossEntropy(slice(logits, 0, batch, batch), constant(1, [batch, 1]))
  const telling = binaryCrossEntropy(logits, isReading)
  return {
    fooling: mul(fooling, mul(gt(accuracy, worthFooling), train.professorWeight)),
    telling,
    accuracy,
  }
}
