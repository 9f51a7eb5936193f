// The notes of a piece as intervals of frames, from their onsets to their ends, and back.
import type { FrameNote, MusicPiece } from './pieces.ts'

/** A note that sounds in the frames `from` to `to` - 1. */
export interface SoundingNote {
  note: number
  from: number
  to: number
}

/** The notes of a piece by onset, then by pitch. A note that is not marked as held begins anew. */
export function soundingNotes({ frames }: Pick<MusicPiece, 'frames'>): SoundingNote[] {
  const notes: SoundingNote[] = []
  let open = new Map<number, SoundingNote>()
  frames.forEach((frame, t) => {
    const now = new Map<number, SoundingNote>()
    for (const { note, held } of frame) {
      const before = held ? open.get(note) : undefined
      const one = before ?? { note, from: t, to: t }
      one.to = t + 1
      if (!before) notes.push(one)
      now.set(note, one)
    }
    open = now
  })
  return notes
}

/** The frames of notes in order of onset, `count` of them; where notes of one pitch overlap, the later one is struck inside the earlier one. */
export function framesOf(notes: readonly SoundingNote[], count: number): FrameNote[][] {
  const frames = Array.from({ length: count }, () => new Map<number, boolean>())
  /** First frame of a pitch that is not filled yet. */
  const filled = new Map<number, number>()
  for (const { note, from, to } of notes) {
    frames[from]!.set(note, false)
    const end = Math.min(to, count)
    const begin = Math.max(from + 1, filled.get(note) ?? 0)
    for (let t = begin; t < end; t++) frames[t]!.set(note, true)
    filled.set(note, Math.max(begin, end))
  }
  return frames.map((frame) =>
    [...frame].map(([note, held]) => ({ note, held })).sort((a, b) => a.note - b.note),
  )
}
