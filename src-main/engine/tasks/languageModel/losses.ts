// Shared by the ways of reading a text: errors, the loss with its class weights, and the sums of a validation pass. The unknown word is
// never a target.
import type { RunConfig } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { isLargest } from '../../graph/argmax.ts'
import type { Node } from '../../graph/node.ts'
import { crossEntropy, ge, input, mean, mul, sigmoid, sum } from '../../graph/ops.ts'
import { classLogits } from '../../nn/ends.ts'
import { classLosses, fittingLoss, isSquared, weightedMean, type LossName } from '../../nn/losses.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import type { Executable } from '../../run/executor.ts'
import type { Corpus } from './corpus.ts'
import { balanced } from '../../nn/classWeights.ts'
import { unknownId } from '../../data/vocabulary.ts'
import type { StepGraph } from '../../nn/stepGraph.ts'
import type { Task } from '../../training/task.ts'

/** The members of a task that depend on how the text is read. */
export type Parts = Pick<Task, 'stepsPerEpoch' | 'symbolsPerStep' | 'graph' | 'feed' | 'evaluation'>

/** E_DATA_SHORT for a training part of `have` symbols where `what` needs `need`. */
export const tooShort = (have: number, need: number, what: string) =>
  new UnrollError(
    'E_DATA_SHORT',
    `data.dataset: the training part has ${have} symbols; ${what} needs at least ${need}. Use a longer text or a shorter window.`,
    { path: 'train.window' },
  )

/** The loss function; throws E_CONFIG_DATA if the configured one does not fit class outputs. */
export const textLoss = ({ loss }: Pick<RunConfig['train'], 'loss'>): LossName => fittingLoss(loss, 'classes')

type LossChoice = Pick<RunConfig['train'], 'loss' | 'classWeights'>

/** Input name of the class weights of the targets, with the shape of the targets. */
const weightsInput = 'targets.weights'

/** Replaces unknown words in `targets` by -1 (ignored), in place. */
export function ignoreUnknownTargets({ vocabulary }: Corpus, targets: Float64Array): void {
  const unknown = unknownId(vocabulary)
  if (unknown < 0) return
  for (let i = 0; i < targets.length; i++) if (targets[i] === unknown) targets[i] = -1
}

/**
 * Mean loss of predicting `ids` (...) from `logits` (..., V), the outputs in which it is convex, and the weights of the targets unless they
 * are all 1.
 */
export function trainedLoss(
  train: LossChoice,
  { vocabulary }: Corpus,
  logits: Node,
  ids: Node,
): Pick<StepGraph, 'loss' | 'given' | 'count'> & { outputs: [Node] } {
  const name = textLoss(train)
  const losses = classLosses(name, logits, ids)
  const outputs: [Node] = [isSquared(name) ? sigmoid(logits) : logits]
  const given =
    train.classWeights === 'balanced'
      ? input(weightsInput, ids.shape)
      : unknownId(vocabulary) >= 0
        ? ge(ids, 0)
        : undefined
  return given
    ? { loss: weightedMean(losses, given), outputs, given, count: sum(given) }
    : { loss: mean(losses), outputs }
}

/** A function that writes the class weights of target ids; class frequencies are counted in the training part at its first call. */
export function weightWriter({ classWeights }: LossChoice, corpus: Corpus) {
  if (classWeights === 'none') return () => undefined
  let bySymbol: readonly number[] | undefined
  const count = () => {
    const counts = new Float64Array(corpus.vocabulary.symbols.length)
    for (const id of corpus.train) counts[id]!++
    const unknown = unknownId(corpus.vocabulary)
    if (unknown >= 0) counts[unknown] = 0
    return balanced(counts)
  }
  return (executable: Executable, ids: Float64Array): void => {
    const weights = (bySymbol ??= count())
    if (executable.program.slots.has(weightsInput))
      executable.write(
        weightsInput,
        ids.map((id) => weights[id] ?? 0),
      )
  }
}

/**
 * Sums over logits (..., V) and target ids (...), negative ids ignored: of losses, of right predictions, and of -log p as `nats` if the loss
 * is not the cross-entropy.
 */
export function validationSums(
  train: LossChoice,
  network: SequenceNetwork,
  logits: Node,
  ids: Node,
): Record<string, Node> {
  const name = textLoss(train)
  const given = ge(ids, 0)
  const losses = classLosses(name, logits, ids)
  const made: Record<string, Node> = { loss: sum(mul(losses, given)), count: sum(given) }
  if (name !== 'crossentropy') made.nats = sum(crossEntropy(classLogits(network, logits), ids))
  return { ...made, right: sum(mul(isLargest(logits, ids), given)) }
}

/** Metrics from the sums of a validation pass. */
export const textMetrics =
  (unit: 'char' | 'word') =>
  ({ loss, count, right, nats: given }: Record<string, number>): Record<string, number> => {
    const nats = (given ?? loss!) / count!
    return {
      'val/loss': loss! / count!,
      ...(unit === 'char' ? { 'val/bpc': nats / Math.LN2 } : { 'val/perplexity': Math.exp(nats) }),
      'val/accuracy': right! / count!,
    }
  }
