// Baselines on held-out frames, fitted to the training pieces: each key by its frequency, and by its frequency after its own last value.
import { keyCount, type MusicPiece } from '../../../contract/music/pieces.ts'
import { rollOf } from './pieces.ts'

/** Added to the count of either value, so that no probability is 0 (Krichevsky & Trofimov 1981). */
const smoothing = 0.5

export interface Baselines {
  /** Negative log-likelihood per predicted frame, in nats, with one probability per key. */
  marginal: number
  /** With two probabilities per key: after a frame with it and after one without it. */
  markov: number
}

/** Calls `visit` for each key of each frame but the first, with its value (0 or 1) and that in the frame before. */
function visitKeys(
  pieces: readonly MusicPiece[],
  visit: (key: number, before: number, now: number) => void,
): number {
  let frames = 0
  for (const piece of pieces) {
    const roll = rollOf(piece)
    for (let i = keyCount; i < roll.length; i++) visit(i % keyCount, roll[i - keyCount]!, roll[i]!)
    frames += piece.frames.length - 1
  }
  return frames
}

/** The likelihoods of `heldOut` under the frequencies of `train`; the first frame of a piece is not predicted. */
export function baselinesOf(train: readonly MusicPiece[], heldOut: readonly MusicPiece[]): Baselines {
  // Counts by key, value before and value now.
  const counts = new Float64Array(keyCount * 4)
  visitKeys(train, (key, before, now) => counts[key * 4 + before * 2 + now]!++)
  const probability = (value: number, other: number) => (value + smoothing) / (value + other + 2 * smoothing)
  let [marginal, markov] = [0, 0]
  const frames = visitKeys(heldOut, (key, before, now) => {
    const at = (first: number, second: number) => counts[key * 4 + first * 2 + second]!
    marginal -= Math.log(probability(at(0, now) + at(1, now), at(0, 1 - now) + at(1, 1 - now)))
    markov -= Math.log(probability(at(before, now), at(before, 1 - now)))
  })
  return { marginal: marginal / frames, markov: markov / frames }
}
