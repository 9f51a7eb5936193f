// Pieces of music in the terminal: the names of the notes of each frame.
import { noteName, type FrameNote } from '../../contract/music/pieces.ts'

/** "C4 E4~ G4", the lowest first, ~ after a held note; "-" for silence. */
export const frameText = (frame: readonly FrameNote[]): string =>
  frame.length === 0 ? '-' : frame.map(({ note, held }) => `${noteName(note)}${held ? '~' : ''}`).join(' ')
