// Pieces as arrays of keys by frames, divided into training and held-out ones, and training ones into windows.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import { keyCount, lowestNote, readPieces, type MusicPiece } from '../../../contract/music/pieces.ts'
import { readMidi } from '../../formats/midi.ts'
import { wholeText, type Text } from '../../data/source.ts'
import type { Example, Layout } from '../examples/example.ts'
import type { MusicData } from './data.ts'

/** An example has the frames (T, 88) of a piece or of a part of it, 1 where a key sounds; T - 1 of them are predicted. */
export const musicLayout: Layout = { topology: 'each', input: { channels: keyCount } }

/** Frames (T, 88) of a piece: 1 where a key sounds, struck or held. */
export function rollOf({ frames }: Pick<MusicPiece, 'frames'>): Uint8Array {
  const roll = new Uint8Array(frames.length * keyCount)
  frames.forEach((frame, t) => {
    for (const { note } of frame) roll[t * keyCount + note - lowestNote] = 1
  })
  return roll
}

export interface Pieces {
  train: readonly MusicPiece[]
  heldOut: readonly MusicPiece[]
  warnings: Warning[]
}

/**
 * The pieces of a text of at least two frames, of which the first is only read; the last ones are held out. Throws E_DATA_FORMAT with the line, and
 * E_DATA_SHORT if no piece is left for training.
 */
export function splitPieces(text: Text, { validation }: Pick<MusicData, 'validation'>): Pieces {
  const all = readPieces(wholeText(text))
  const pieces = all.filter(({ frames }) => frames.length > 1)
  const heldOut = Math.round(pieces.length * validation)
  const train = pieces.length - heldOut
  if (train === 0)
    throw new UnrollError(
      'E_DATA_SHORT',
      `data.validation: no piece is left for training: ${pieces.length} of at least two frames, ${heldOut} held out. Lower it, or take more music.`,
      { path: 'data.validation' },
    )
  const short = all.length - pieces.length
  return {
    train: pieces.slice(0, train),
    heldOut: pieces.slice(train),
    warnings:
      short === 0
        ? []
        : [
            {
              code: 'W_DATA_FORMAT',
              message: `${short} ${short === 1 ? 'piece' : 'pieces'} of a single frame left out: nothing is predicted in them.`,
            },
          ],
  }
}

/** The examples of a piece: itself, or windows of `window` predicted frames, the last of which may be shorter. */
export function examplesOf(piece: MusicPiece, window: number): Example[] {
  const roll = rollOf(piece)
  const predicted = piece.frames.length - 1
  const size = window || predicted
  return Array.from({ length: Math.ceil(predicted / size) }, (_, i) => ({
    input: roll.subarray(i * size * keyCount, (Math.min(predicted, (i + 1) * size) + 1) * keyCount),
    answer: [],
  }))
}

/** The first piece of a MIDI file on a grid, and what was left out or moved; throws the errors of readMidi. */
export function pieceOfMidi(
  bytes: Uint8Array,
  framesPerQuarter: number,
): { piece: MusicPiece; warnings: Warning[] } {
  const { text, warnings } = readMidi(bytes, 'midi', framesPerQuarter)
  return { piece: readPieces(text)[0]!, warnings }
}
