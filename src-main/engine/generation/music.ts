// Continuing a piece of music frame by frame: each key is drawn from its own probability. The random number of key k in frame n of a
// continuation depends on (seed, n, continuation, k) alone.
import { keyCount, lowestNote, type FrameNote } from '../../contract/music/pieces.ts'
import { compile } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import { input, mul, state } from '../graph/ops.ts'
import { seedWords } from '../nn/initialise.ts'
import { stateShapes, type SequenceNetwork } from '../nn/network.ts'
import { outputsOf, traceNetwork } from '../nn/trace.ts'
import { weightNodes } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import { uniformAt } from '../run/random.ts'

const stream = 0x6e6f7465

/** A program that reads one frame of `columns` pieces. Inputs: `frame` (1, B, 88), `keep` (0: start from zero states). Output: `logits` (1, B, 88) of the next frame. */
export function frameReader(network: SequenceNetwork, columns: number): Program {
  const weights = weightNodes(network)
  const carried = stateShapes(network).map(({ name, size }) => state(`carry.${name}`, [columns, size]))
  const keep = input('keep', [])
  const frame = input('frame', [1, columns, keyCount])
  const trace = traceNetwork(
    network,
    weights,
    frame,
    carried.map((one) => mul(one, keep)),
  )
  return compile({
    outputs: { logits: outputsOf(network, weights, trace) },
    updates: carried.map((one, i) => [one, trace.final[i]!]),
  })
}

/** The keys of a frame from their logits (88): each sounds with probability s(z / temperature); at temperature 0 those with more than 0.5. */
export function drawKeys(
  logits: ArrayLike<number>,
  temperature: number,
  uniform: (key: number) => number,
): number[] {
  const keys = Array.from({ length: keyCount }, (_, key) => key)
  return keys.filter((key) =>
    temperature === 0 ? logits[key]! > 0 : uniform(key) < 1 / (1 + Math.exp(-logits[key]! / temperature)),
  )
}

/** Random numbers of the keys of frame `n` of a continuation. */
export const keyNumbers =
  (seed: number, n: number, continuation: number) =>
  (key: number): number =>
    uniformAt({ seed: seedWords(seed), step: n }, stream, continuation, key)

/** Keys as notes; with `holds` a key that sounded in the frame before is held, else every note is struck. */
export const notesOfKeys = (
  keys: readonly number[],
  before: readonly FrameNote[] | undefined,
  holds: boolean,
): FrameNote[] =>
  keys.map((key) => {
    const note = key + lowestNote
    return { note, held: holds && (before ?? []).some((one) => one.note === note) }
  })

/** Whether a piece tells held notes from struck ones. */
export const holdsNotes = (frames: readonly (readonly FrameNote[])[]): boolean =>
  frames.some((frame) => frame.some(({ held }) => held))

export interface ContinueOptions {
  /** Frames to generate. */
  length: number
  /** 0: the keys of more than 0.5 probability. */
  temperature: number
  seed: number
  /** Whether a generated note that goes on is held instead of struck again. */
  holds: boolean
}

/** Continues given frames, at least one, once per column of the program of a frameReader: the generated frames of each. */
export function continueMusic(
  executable: Executable,
  given: readonly (readonly FrameNote[])[],
  { length, temperature, seed, holds }: ContinueOptions,
): FrameNote[][][] {
  const [, columns] = executable.program.slots.get('frame')!.shape as [number, number, number]
  const pieces = Array.from({ length: columns }, (): FrameNote[][] => [])
  const frame = new Float64Array(columns * keyCount)
  let step = 0
  const read = (frameOf: (column: number) => readonly FrameNote[]) => {
    frame.fill(0)
    for (let b = 0; b < columns; b++)
      for (const { note } of frameOf(b)) frame[b * keyCount + note - lowestNote] = 1
    executable.write('frame', frame)
    executable.write('keep', [step === 0 ? 0 : 1])
    executable.run({ seed: seedWords(seed), step: step++ })
  }
  for (const notes of given) read(() => notes)
  for (let n = 0; n < length; n++) {
    const logits = executable.read('logits')
    pieces.forEach((piece, b) => {
      const own = logits.subarray(b * keyCount, (b + 1) * keyCount)
      const keys = drawKeys(own, temperature, keyNumbers(seed, n, b))
      piece.push(notesOfKeys(keys, piece.at(-1) ?? given.at(-1), holds))
    })
    if (n + 1 < length) read((b) => pieces[b]!.at(-1)!)
  }
  return pieces
}
