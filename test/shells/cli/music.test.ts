// Music in the terminal: the names of the notes, and a table of truth, prediction and continuation.
import { expect, it } from 'vitest'
import { pianoRollLines } from '../../../src-main/shells/cli/answers/pianoRollLines.ts'
import { frameText } from '../../../src-main/shells/cli/music.ts'

it('names notes, held ones and silence', () => {
  expect(frameText([{ note: 60, held: true }, { note: 70, held: false }])).toBe('C4~ A#4')
  expect(frameText([])).toBe('-')
}) // prettier-ignore

it('lists frames with the predicted keys and marks generated frames', () => {
  const digits = `${'0'.repeat(39)}f${'0'.repeat(48)}`
  const table = { kind: 'piano roll' as const, framesPerQuarter: 1, tempo: 120, pieces: [{ frames: '60 . 62', predicted: digits + '7'.repeat(88), continued: '60 60~ 64', given: 1 }] }
  expect(pianoRollLines(table).map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['frame', 'piece', 'predicted', 'continued'],
    ['1', 'C4', 'C4'],
    ['2', '-', 'C4', '> C4~'],
    ['3', 'D4', '-', '> E4'],
  ])
}) // prettier-ignore
