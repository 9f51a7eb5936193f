// The format of music in its stored form, and what every reader of a music file returns: pieces as such a text, with warnings.
import type { Warning } from '../../contract/errors.ts'
import { UnrollError } from '../../contract/errors.ts'
import { highestNote, lowestNote, writePieces, type MusicPiece } from '../../contract/music/pieces.ts'
import { defineFormat } from './format.ts'

const isFrame = (token: string): boolean => /^(\.|\d{1,3}~?(\+\d{1,3}~?)*)$/.test(token)

export const musicText = defineFormat({
  id: 'music',
  title: 'music (a piece on every line: frames of MIDI note numbers)',
  matches(lines) {
    const pieces = lines.filter((line) => !/^frames-per-quarter=/.test(line.trim()))
    const tokens = pieces.flatMap((line) => line.trim().split(/\s+/))
    return tokens.length > 0 && tokens.every(isFrame) && tokens.some((token) => /[+~]/.test(token))
  },
})

/** The pieces of a file in the stored form (`contract/music/pieces.ts`), and what was left out or changed. */
export interface MusicText {
  text: string
  warnings: Warning[]
}

export const musicWarning = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })

/** "3 notes", "1 note". */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/** The warning about notes that no piano has; none for 0. */
export const outOfRange = (name: string, count: number): Warning[] =>
  count === 0
    ? []
    : [
        musicWarning(
          `${name}: ${counted(count, 'note')} outside the keys of a piano (${lowestNote} to ${highestNote}) left out.`,
        ),
      ]

/** The text of pieces; throws E_DATA_EMPTY if none of them has a note. */
export function musicTextOf(pieces: readonly MusicPiece[], name: string, warnings: Warning[]): MusicText {
  const filled = pieces.filter(({ frames }) => frames.some((frame) => frame.length > 0))
  if (filled.length === 0)
    throw new UnrollError('E_DATA_EMPTY', `${name}: there is no note in it. Choose another file.`)
  const empty = pieces.length - filled.length
  const more = empty > 0 ? [musicWarning(`${name}: ${counted(empty, 'piece')} without a note left out.`)] : []
  return { text: writePieces(filled), warnings: [...warnings, ...more] }
}
