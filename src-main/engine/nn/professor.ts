// Professor forcing (Lamb et al. 2016): a discriminator reads the hidden states and output probabilities of a sequence and classifies the
// network as teacher-forced or free-running; the network, as the generator, learns to be classified as teacher-forced. The discriminator
// is a bidirectional GRU with mean pooling, a hidden layer and one output.
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

/** Prefix of the names of the discriminator's weights. */
export const professorPrefix = 'professor.'

/** The discriminator for inputs of `width` values per step. */
export function discriminator({ discriminatorUnits: units }: Forcing, width: number): SequenceNetwork {
  const model = { cell: 'gru', hidden: units, hiddenReadout: units, bidirectional: true }
  const config = parseWith(modelConfig, model, 'config', 'discriminator')
  return networkOf(config, { symbols: 0, dense: width, outputs: 1, outputBias: true, activation: 'sigmoid' })
}

/** The network with the discriminator's weights added to its own. */
export function withProfessor(network: SequenceNetwork, forcing: Forcing): SequenceNetwork {
  if (forcing.mode !== 'professor') return network
  const width = network.features + (forcing.discriminatorInput === 'both' ? network.output.size : 0)
  const own = discriminator(forcing, width).weights
  const named = [...own].map(([name, weight]): [string, Weight] => [`${professorPrefix}${name}`, weight])
  return { ...network, weights: new Map([...network.weights, ...named]) }
}

export interface Discrimination {
  /** Added to the network's loss: cross-entropy of classifying its free-running sequences as teacher-forced; 0 below generatorThreshold. */
  generatorLoss: Node
  /** Cross-entropy of the discriminator over both kinds of sequences. */
  discriminatorLoss: Node
  /** Fraction of sequences classified correctly. */
  accuracy: Node
}

/** A trace of the network over (T, B): features (T, B, D) and outputs before the output activation (T, B, V). */
export interface Behaviour {
  features: Node
  logits: Node
}

/** Input of the discriminator: hidden states, and with `both` the output probabilities. */
const readByDiscriminator = (
  network: SequenceNetwork,
  { discriminatorInput }: Forcing,
  { features, logits }: Behaviour,
): Node =>
  discriminatorInput === 'both' ? concat([features, softmax(classLogits(network, logits))], 2) : features

/** The members that professor forcing adds to the graph of a training step whose loss is `loss`. `mask` (T, B): 1 inside the sequences. */
export function professorGraph(
  network: SequenceNetwork,
  weights: Weights,
  forcing: Forcing,
  loss: Node,
  reading: Behaviour,
  free: Behaviour,
  mask?: Node,
) {
  const [read, ran] = [
    readByDiscriminator(network, forcing, reading),
    readByDiscriminator(network, forcing, free),
  ]
  const { generatorLoss, discriminatorLoss, accuracy } = discriminate(weights, forcing, read, ran, mask)
  return {
    loss: add(loss, generatorLoss),
    // A nearly perfect discriminator is not trained on, or its gradient for the generator would vanish.
    discriminator: {
      prefix: professorPrefix,
      loss: mul(discriminatorLoss, gt(discriminatorThreshold, accuracy)),
    },
    records: { discriminator_loss: discriminatorLoss, discriminator_accuracy: accuracy },
  }
}

/** The generator is trained only above this accuracy of the discriminator, and the discriminator only below the other (Lamb et al. 2016). */
const generatorThreshold = 0.75
const discriminatorThreshold = 0.99

/** Classifies teacher-forced (`reading`) and free-running (`free`) sequences, each (T, B, any), inside `mask` (T, B). */
export function discriminate(
  weights: Weights,
  forcing: Forcing,
  reading: Node,
  free: Node,
  mask?: Node,
): Discrimination {
  const network = discriminator(forcing, reading.shape[2]!)
  const own = within(weights, professorPrefix)
  const batch = reading.shape[1]!
  const both = concat([reading, free], 1)
  const options = mask ? { mask: concat([mask, mask], 1) } : {}
  const trace = traceNetwork(network, own, both, zeroStates(network, 2 * batch), options)
  const logits = readout(network, own, pool('mean', network, own, trace))
  const isReading = concat([constant(1, [batch, 1]), constant(0, [batch, 1])], 0)
  const right = select(isReading, gt(logits, 0), gt(0, logits))
  // Columns of a short last batch are empty.
  const present = mask ? reshape(maxOf(mask, [0]), [batch, 1]) : constant(1, [batch, 1])
  const twice = concat([present, present], 0)
  const accuracy = weightedMean(right, twice)
  const generatorLoss = weightedMean(
    binaryCrossEntropies(slice(logits, 0, batch, batch), constant(1, [batch, 1])),
    present,
  )
  const discriminatorLoss = weightedMean(binaryCrossEntropies(logits, isReading), twice)
  return {
    generatorLoss: mul(generatorLoss, mul(gt(accuracy, generatorThreshold), forcing.discriminatorWeight)),
    discriminatorLoss,
    accuracy,
  }
}
