// Predictions for the first recorded piece in the terminal: the notes of each frame, those predicted, and those of a continuation.
import { keyCount, lowestNote, noteName, readPieces } from '../../../contract/music/pieces.ts'
import type { PianoRollTable } from '../../../contract/run.ts'
import { table } from '../format.ts'
import { frameText } from '../music.ts'

/** Frames that are shown. */
const maxFrames = 24

/** The names of the keys of more than 0.5 probability in a frame of 88 digits. */
const namesOf = (digits: string): string =>
  Array.from(digits)
    .flatMap((digit, key) => (parseInt(digit, 16) > 7 ? [noteName(lowestNote + key)] : []))
    .join(' ') || '-'

/** A heading, then a line per frame; generated frames are marked by >. */
export function pianoRollLines({ pieces }: PianoRollTable): string[] {
  const [first] = pieces
  if (!first) return []
  const { predicted, given } = first
  const frames = readPieces(first.frames)[0]!.frames
  const continued = readPieces(first.continued)[0]!.frames
  // The first generated frames, with some of the given ones before them.
  const from = Math.max(0, Math.min(given - maxFrames / 2, frames.length - maxFrames))
  return table(
    ['frame', 'piece', 'predicted', 'continued'],
    frames.slice(from, from + maxFrames).map((frame, i) => {
      const t = from + i
      return [
        String(t + 1),
        frameText(frame),
        t === 0 ? '' : namesOf(predicted.slice((t - 1) * keyCount, t * keyCount)),
        `${t >= given ? '> ' : ''}${frameText(continued[t] ?? [])}`,
      ]
    }),
  )
}
