// Foreign files: music as MIDI, and piano rolls as JSON; both become pieces in the stored form.
import { readMidi } from '../formats/midi.ts'
import type { MusicText } from '../formats/musicText.ts'
import { readPianoRoll } from '../formats/pianoRoll.ts'
import type { ConvertedEnd, ForeignBytes } from './foreign.ts'

const startsWith = (bytes: Uint8Array, word: string) =>
  [...word].every((sign, i) => bytes[i] === sign.charCodeAt(0))

/** Bytes of a JSON file that show whether it is a piano roll. */
const shownBytes = 200
const pianoRollStart = /^\s*(\{\s*"(train|valid|test)\w*"\s*:\s*)?\[\s*\[\s*\[\s*(\d|\])/

const music = (
  id: string,
  title: string,
  recognises: ForeignBytes['recognises'],
  read: (bytes: Uint8Array, name: string) => MusicText,
): ForeignBytes => ({
  id,
  title,
  recognises,
  look: ({ name, content }, given) => {
    // A file that is no music is refused at once.
    read(content, name)
    return { forms: ['music'], settings: { as: 'music', ...given }, columns: [], rows: [] }
  },
  convert: (bytes, { name = title }) => {
    const { text, warnings } = read(bytes, name)
    return Promise.resolve({ text, notes: warnings })
  },
})

export const midi = music('midi', 'music (MIDI)', ({ content }) => startsWith(content, 'MThd'), readMidi)

export const pianoRoll = music(
  'piano-roll',
  'a piano roll (JSON)',
  ({ content }) => pianoRollStart.test(new TextDecoder().decode(content.subarray(0, shownBytes))),
  readPianoRoll,
)

export const isMidiFile = (path: string): boolean => /\.midi?$/i.test(path)

/** Collects the MIDI files of a folder as one data set, in the order of their paths. */
export function midiFolder(): { add(path: string, bytes: Uint8Array): string; end(): ConvertedEnd } {
  const notes: MusicText['warnings'] = []
  return {
    add(path, bytes) {
      const { text, warnings } = readMidi(bytes, path)
      for (const warning of warnings) if (notes.length < mostNotes) notes.push(warning)
      return text
    },
    end: () => ({ text: '', notes }),
  }
}

/** Warnings that are kept of a folder. */
const mostNotes = 20
