// What a network predicts after each symbol of a text: the surprisal of the next one and the most probable ones. Kept like signals.
import { largestFirst, probabilities } from '../../generation/sample.ts'
import { sequenceOf, type TrainedModel } from '../model.ts'
import { findKept, keep } from './kept.ts'
import type { OnLogits } from './columnsRead.ts'

const maxAlternatives = 5

/** Predictions over a text of T symbols. */
export interface Predictions {
  /** -log p of each symbol, nats; NaN for the first. */
  surprisal: Float32Array
  /** The most probable next symbols after each, (T, k), and their probabilities. */
  nextIds: Int32Array
  nextProbabilities: Float32Array
  k: number
}

const key = 'predictions'

/** The predictions that were read before. */
export function knownPredictions(model: TrainedModel, ids: Int32Array): Predictions | undefined {
  const found = findKept<Predictions>(model, [ids], key, { beginning: true })
  if (!found || found.surprisal.length === ids.length) return found
  const { surprisal, nextIds, nextProbabilities, k } = found
  return {
    surprisal: surprisal.subarray(0, ids.length),
    nextIds: nextIds.subarray(0, ids.length * k),
    nextProbabilities: nextProbabilities.subarray(0, ids.length * k),
    k,
  }
}

/** Predictions with what fills them from the logits of a reading, and what keeps them after it. */
export function predictionsReader(
  model: TrainedModel,
  ids: Int32Array,
): { predictions: Predictions; onLogits: OnLogits; keepThem(): void } {
  const { size } = sequenceOf(model).output
  const k = Math.min(maxAlternatives, size)
  const predictions = { ...noPredictions(ids.length), k }
  const { surprisal } = predictions
  const nextIds = (predictions.nextIds = new Int32Array(ids.length * k))
  const nextProbabilities = (predictions.nextProbabilities = new Float32Array(ids.length * k))
  const onLogits: OnLogits = (from, count, logits) => {
    for (let t = 0; t < count; t++) {
      const p = probabilities(logits.subarray(t * size, (t + 1) * size), 1)
      const at = from + t
      largestFirst(p, k).forEach((next, rank) => {
        nextIds[at * k + rank] = next
        nextProbabilities[at * k + rank] = p[next]!
      })
      if (at + 1 < ids.length) surprisal[at + 1] = -Math.log(p[ids[at + 1]!]!)
    }
  }
  const keepThem = () => keep(model, [ids], key, predictions, ids.length * (4 + 8 * k))
  return { predictions, onLogits, keepThem }
}

/** Of a model that predicts no next symbol. */
export const noPredictions = (length: number): Predictions => ({
  surprisal: new Float32Array(length).fill(NaN),
  nextIds: new Int32Array(0),
  nextProbabilities: new Float32Array(0),
  k: 0,
})
