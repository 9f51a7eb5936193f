// What a piano roll shows: notes as bars, or the probability of each key in each frame as cells, and the keys and sizes of the picture. Pure.
import { highestNote, keyCount, lowestNote, type MusicPiece } from '@contract/music/pieces.ts'
import { soundingNotes } from '@contract/music/soundingNotes.ts'

/** A bar over the frames `from` to `to` - 1 of a key; strength 0..1 is how opaque it is. */
export interface RollBar {
  note: number
  from: number
  to: number
  strength: number
}

/** The lowest and the highest note that are shown. */
export interface RollRange {
  low: number
  high: number
}

/** Pixels of a frame and of a key. */
export interface RollScale {
  frame: number
  key: number
}

export const barsOf = (piece: Pick<MusicPiece, 'frames'>): RollBar[] =>
  soundingNotes(piece).map((one) => ({ ...one, strength: 1 }))

/** Probabilities in fifteenths, 88 hexadecimal digits per frame (PianoRollTable), as cells; `first` is the frame of the first 88. */
export function cellsOf(digits: string, first: number): RollBar[] {
  return Array.from(digits).flatMap((digit, i) => {
    const from = first + Math.floor(i / keyCount)
    const strength = parseInt(digit, 16) / 15
    return strength > 0 ? [{ note: lowestNote + (i % keyCount), from, to: from + 1, strength }] : []
  })
}

/** The octaves that hold all notes of some pieces, at least two. */
export function rangeOf(pieces: readonly Pick<MusicPiece, 'frames'>[]): RollRange {
  let [low, high] = [highestNote, lowestNote]
  for (const { frames } of pieces)
    for (const frame of frames)
      for (const { note } of frame) [low, high] = [Math.min(low, note), Math.max(high, note)]
  if (low > high) [low, high] = [60, 71]
  const from = Math.floor(low / 12) * 12
  const to = Math.max(from + 23, Math.floor(high / 12) * 12 + 11)
  return { low: Math.max(lowestNote, from), high: Math.min(highestNote, to) }
}

const blackKeys = new Set([1, 3, 6, 8, 10])
export const isBlack = (note: number): boolean => blackKeys.has(note % 12)

/** Frames as wide as the place allows, from 3 to 14 pixels. */
export const scaleOf = (width: number, frames: number): RollScale => ({
  frame: Math.max(3, Math.min(14, Math.floor(width / Math.max(1, frames)))),
  key: 5,
})
