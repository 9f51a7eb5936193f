// The table of predictions: the first held-out pieces, the probabilities of their keys, and a continuation of each beginning.
import { largest } from '../../../contract/longLists.ts'
import { keyCount, writeFrame, type MusicPiece } from '../../../contract/music/pieces.ts'
import { input } from '../../graph/ops.ts'
import { drawKeys, holdsNotes, keyNumbers, notesOfKeys } from '../../generation/music.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { outputsOf, traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { Answers } from '../../training/task.ts'
import type { Executable } from '../../run/executor.ts'
import { rollOf } from './pieces.ts'

/** Pieces that are shown, the most frames of one, and how many of them at least are generated. */
const [maxPieces, maxFrames, leastGenerated] = [3, 64, 24]
/** Continuations of all steps of training draw the same random numbers, so they can be compared. */
const seed = 0

/** The answers to the beginnings of `pieces`. Frames are read at once; a continuation reads all of them again for every frame. */
export function musicAnswers(network: SequenceNetwork, pieces: readonly MusicPiece[]): Answers {
  const shown = pieces.slice(0, maxPieces)
  const steps = Math.min(maxFrames, largest(shown.map(({ frames }) => frames.length)))
  const [first] = shown as [MusicPiece]
  const columns = shown.length
  /** Frames (T, B, 88) as the program reads them. */
  const read = (executable: Executable, frames: readonly Float64Array[]) => {
    const buffer = new Float64Array(steps * columns * keyCount)
    frames.forEach((roll, b) => {
      for (let t = 0; t < steps; t++)
        buffer.set(roll.subarray(t * keyCount, (t + 1) * keyCount), (t * columns + b) * keyCount)
    })
    executable.write('frames', buffer)
  }
  const rolls = shown.map((piece) => {
    const roll = new Float64Array(steps * keyCount)
    roll.set(rollOf({ frames: piece.frames.slice(0, steps) }))
    return roll
  })
  /** Frames that are given to a continuation: half of those shown. */
  const given = Math.max(1, Math.min(Math.floor(steps / 2), steps - leastGenerated))
  return {
    graph(weights) {
      const x = input('frames', [steps, columns, keyCount])
      const trace = traceNetwork(network, weights, x, zeroStates(network, columns))
      return { outputs: { logits: outputsOf(network, weights, trace) } }
    },
    prepare: (executable) => read(executable, rolls),
    table(executable) {
      const logitsAt = (all: ArrayLike<number>, t: number, b: number) =>
        Array.from({ length: keyCount }, (_, k) => all[(t * columns + b) * keyCount + k]!)
      const all = Float64Array.from(executable.read('logits'))
      const predicted = shown.map(({ frames }, b) =>
        Array.from({ length: Math.min(steps, frames.length) - 1 }, (_, t) =>
          digitsOf(logitsAt(all, t, b)),
        ).join(''),
      )
      const continued = shown.map(({ frames }) => frames.slice(0, given))
      const own = rolls.map((roll) => roll.slice().fill(0, given * keyCount))
      for (let t = given; t < steps; t++) {
        read(executable, own)
        executable.run({ seed: [seed, 0], step: 0 })
        const logits = executable.read('logits')
        continued.forEach((piece, b) => {
          const keys = drawKeys(logitsAt(logits, t - 1, b), 1, keyNumbers(seed, t - given, b))
          piece.push(notesOfKeys(keys, piece.at(-1), holdsNotes(shown[b]!.frames)))
          for (const key of keys) own[b]![t * keyCount + key] = 1
        })
      }
      return {
        kind: 'piano roll',
        framesPerQuarter: first.framesPerQuarter,
        tempo: first.tempo,
        pieces: shown.map(({ frames }, b) => ({
          frames: frames.slice(0, steps).map(writeFrame).join(' '),
          predicted: predicted[b]!,
          continued: continued[b]!.map(writeFrame).join(' '),
          given: Math.min(given, frames.length),
        })),
      }
    },
  }
}

/** Probabilities of logits in fifteenths, a hexadecimal digit each. */
const digitsOf = (logits: readonly number[]): string =>
  logits.map((z) => Math.round(15 / (1 + Math.exp(-z))).toString(16)).join('')
