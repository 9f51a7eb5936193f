// Professor forcing (Lamb et al. 2016): a discriminator reads the sequence of hidden states and output probabilities and says whether the
// network was reading a text or running free; the network learns not to be told apart. The discriminator is a network like any other: a
// bidirectional GRU, a head over the mean of its states, one output.
import { parseWith } from '../../contract/validate.ts'
import { modelConfig } from '../../contract/config/model.ts'
import type { Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { add, concat, constant, gt, maxOf, mul, reshape, select, slice, softmax } from '../graph/ops.ts'
import { classLogits, readout } from './ends.ts'
import { binaryCrossEntropies, weightedMean } from './losses.ts'
import type { Forcing } from './forcing.ts'
import { networkOf, type SequenceNetwork } from './network.ts'
import { pool } from './pool.ts'
import { traceNetwork, zeroStates } from './trace.ts'
import { within, type Weights } from './weights.ts'

/** Prefix of the discriminator's weights. */
export const professorPrefix = 'professor.'

/** The discriminator that reads `width` values per step. */
export function discriminator({ discriminatorUnits: units }: Forcing, width: number): SequenceNetwork {
  const model = { cell: 'gru', hidden: units, hiddenReadout: units, bidirectional: true }
  const config = parseWith(modelConfig, model, 'config', 'discriminator')
  return networkOf(config, { symbols: 0, dense: width, outputs: 1, outputBias: true, squash: 'sigmoid' })
}

/** The network with the discriminator's weights beside its own. */
export function withProfessor(network: SequenceNetwork, forcing: Forcing): SequenceNetwork {
  if (forcing.mode !== 'professor') return network
  const width = network.top + (forcing.discriminatorInput === 'both' ? network.output.size : 0)
  const own = discriminator(forcing, width).weights
  const named = [...own].map(([name, weight]): [string, Weight] => [`${professorPrefix}${name}`, weight])
  return { ...network, weights: new Map([...network.weights, ...named]) }
}

export interface Verdict {
  /** To be added to the network's loss: that free running is told from reading. Counts only while the discriminator is worth fooling. */
  generatorLoss: Node
  /** The discriminator's own loss. */
  discriminatorLoss: Node
  /** Share of right judgements. */
  accuracy: Node
}

/** A run of the network over (T, B): what its readout reads (T, B, top) and its outputs before squashing (T, B, V). */
export interface Behaviour {
  top: Node
  logits: Node
}

/** What the discriminator sees of it: the hidden states, and with `both` the probabilities. */
const seen = (network: SequenceNetwork, { discriminatorInput }: Forcing, { top, logits }: Behaviour): Node =>
  discriminatorInput === 'both' ? concat([top, softmax(classLogits(network, logits))], 2) : top

/** What professor forcing adds to the graph of a step whose loss is `loss`. `mask` (T, B): where both runs count. */
export function professorGraph(
  network: SequenceNetwork,
  weights: Weights,
  forcing: Forcing,
  loss: Node,
  reading: Behaviour,
  free: Behaviour,
  mask?: Node,
) {
  const [read, ran] = [seen(network, forcing, reading), seen(network, forcing, free)]
  const { generatorLoss, discriminatorLoss, accuracy } = judge(weights, forcing, read, ran, mask)
  return {
    loss: add(loss, generatorLoss),
    // A discriminator that is nearly perfect rests, or nothing could fool it any more.
    discriminator: { prefix: professorPrefix, loss: mul(discriminatorLoss, gt(nearlyPerfect, accuracy)) },
    records: { discriminator_loss: discriminatorLoss, discriminator_accuracy: accuracy },
  }
}

const worthFooling = 0.75
const nearlyPerfect = 0.99

/** Judges what is seen of reading and of free running, each (T, B, any), where `mask` (T, B) is 1. */
export function judge(weights: Weights, forcing: Forcing, reading: Node, free: Node, mask?: Node): Verdict {
  const network = discriminator(forcing, reading.shape[2]!)
  const own = within(weights, professorPrefix)
  const batch = reading.shape[1]!
  const both = concat([reading, free], 1)
  const options = mask ? { mask: concat([mask, mask], 1) } : {}
  const trace = traceNetwork(network, own, both, zeroStates(network, 2 * batch), options)
  const logits = readout(network, own, pool('mean', network, own, trace))
  const isReading = concat([constant(1, [batch, 1]), constant(0, [batch, 1])], 0)
  const right = select(isReading, gt(logits, 0), gt(0, logits))
  // Columns of a short last batch hold no sequence.
  const present = mask ? reshape(maxOf(mask, [0]), [batch, 1]) : constant(1, [batch, 1])
  const twice = concat([present, present], 0)
  const accuracy = weightedMean(right, twice)
  const asReading = weightedMean(binaryCrossEntropies(slice(logits, 0, batch, batch), constant(1, [batch, 1])), present) // prettier-ignore
  const discriminatorLoss = weightedMean(binaryCrossEntropies(logits, isReading), twice)
  return {
    generatorLoss: mul(asReading, mul(gt(accuracy, worthFooling), forcing.discriminatorWeight)),
    discriminatorLoss,
    accuracy,
  }
}
