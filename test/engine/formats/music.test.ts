// Music in its stored form and as MIDI: random pieces come back as they were, another library reads and writes the same notes, and damaged
// bytes give an error with their place.
import fc from 'fast-check'
import { parseMidi, writeMidi } from 'midi-file'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import {
  highestNote,
  lowestNote,
  readPieces,
  writePieces,
  type MusicPiece,
} from '../../../src-main/contract/music/pieces.ts'
import { framesOf, soundingNotes } from '../../../src-main/contract/music/soundingNotes.ts'
import { midiFile } from '../../../src-main/contract/music/writeMidi.ts'
import { readMidi } from '../../../src-main/engine/formats/midi.ts'
import { textFormatOf } from '../../../src-main/engine/tasks/index.ts'

/** Pieces with a note in them; a note that goes on is held or struck again. */
const piece = fc
  .record({
    framesPerQuarter: fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 16, 24),
    tempo: fc.integer({ min: 30, max: 240 }),
    rolls: fc.array(fc.uniqueArray(fc.tuple(fc.integer({ min: lowestNote, max: lowestNote + 12 }), fc.boolean()), { maxLength: 5, selector: ([note]) => note }), { minLength: 1, maxLength: 24 }),
  })
  .map(({ framesPerQuarter, tempo, rolls }): MusicPiece => {
    const frames = rolls.map((frame, t) =>
      frame
        .map(([note, again]) => ({ note, held: !again && (rolls[t - 1] ?? []).some(([other]) => other === note) }))
        .sort((a, b) => a.note - b.note),
    )
    return { framesPerQuarter, tempo, frames: [...frames, [{ note: highestNote, held: false }]] }
  }) // prettier-ignore

const messageOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof UnrollError && error.code === 'E_DATA_FORMAT') return error.message
    throw error
  }
  return ''
}

describe('the stored form of music', () => {
  it('gives back random pieces, as text, as intervals and as MIDI', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 3 }), (pieces) => {
        expect(readPieces(writePieces(pieces))).toEqual(pieces)
        for (const one of pieces) {
          expect(framesOf(soundingNotes(one), one.frames.length)).toEqual(one.frames)
          const { text, warnings } = readMidi(midiFile(one), 'a.mid', one.framesPerQuarter)
          expect({ pieces: readPieces(text), warnings }).toEqual({ pieces: [one], warnings: [] })
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    ['60 61~', /line 1, frame 2: note 61 is marked as held/],
    ['60\n\n60 x', /line 3, frame 2: "x" is no note\. A frame is a dot/],
    ['. 60+60', /line 1, frame 2: note 60 occurs twice/],
    ['20', /line 1, frame 1: note 20 is no key of a piano, which are 21 to 108/],
    ['frames-per-quarter=4', /line 1: "frames-per-quarter=4" is no meter; it is written/],
    ['frames-per-quarter=0 tempo=100', /line 1: frames-per-quarter is 0; it must be from 1 to 96/],
  ])('refuses %j', (text, message) => expect(messageOf(() => readPieces(text))).toMatch(message))

  it('is detected by its frames, not by numbers alone', () => {
    expect(textFormatOf('', 'a.txt', '60+64 60~+65 .\n62 62~ 64\n')?.id).toBe('music')
    expect(textFormatOf('', 'a.txt', '60 64 60\n62 62 64\n')).toBeUndefined()
  })
})

describe('a MIDI file', () => {
  it('that is written here holds the notes and the tempo that midi-file reads', () => {
    const frames = readPieces('frames-per-quarter=2 tempo=90\n60+64 60~+64 . 67')[0]!
    const { header, tracks } = parseMidi(midiFile(frames))
    expect(header).toEqual({ format: 0, numTracks: 1, ticksPerBeat: 480 })
    const told = tracks[0]!.map((event) =>
      'noteNumber' in event ? [event.deltaTime, event.type, event.noteNumber] : [event.deltaTime, event.type],
    )
    expect(told).toEqual([
      [0, 'setTempo'], [0, 'noteOn', 60], [0, 'noteOn', 64], [240, 'noteOff', 64], [0, 'noteOn', 64], [240, 'noteOff', 60],
      [0, 'noteOff', 64], [240, 'noteOn', 67], [240, 'noteOff', 67], [0, 'endOfTrack'],
    ]) // prettier-ignore
  })

  it('of midi-file is read: tracks together, running status, percussion and tempo said, notes on a grid', () => {
    const on = (deltaTime: number, noteNumber: number, channel = 0) => ({
      type: 'noteOn' as const,
      deltaTime,
      noteNumber,
      channel,
      velocity: 64,
    })
    const off = (deltaTime: number, noteNumber: number, channel = 0) => ({
      type: 'noteOff' as const,
      deltaTime,
      noteNumber,
      channel,
      velocity: 0,
    })
    const end = { type: 'endOfTrack' as const, deltaTime: 0, meta: true as const }
    const tempo = (microsecondsPerBeat: number) => ({
      type: 'setTempo' as const,
      deltaTime: 0,
      meta: true as const,
      microsecondsPerBeat,
    })
    const bytes = writeMidi({
      header: { format: 1, numTracks: 3, ticksPerBeat: 96 },
      tracks: [
        [tempo(600_000), tempo(500_000), end],
        [on(0, 60), off(90, 60), on(6, 60), off(48, 60), on(32, 10), off(10, 10), end],
        [on(0, 36, 9), on(24, 67), off(24, 67), on(48, 72), end],
      ],
    }, { running: true }) // prettier-ignore
    const { text, warnings } = readMidi(Uint8Array.from(bytes), 'a.mid')
    expect(text).toBe('frames-per-quarter=4 tempo=100\n60 60~+67 60~ 60~ 60+72 60~ . .\n')
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('the tempo changes; the first one, 100'),
      'a.mid: 1 note outside the keys of a piano (21 to 108) left out.',
      'a.mid: 1 note of percussion left out.',
      'a.mid: 1 note without an end last to the end of the track.',
    ])
    expect(readMidi(Uint8Array.from(bytes), 'a.mid', 1).warnings.map(({ message }) => message)).toContain(
      'a.mid: 1 of 4 notes moved to the nearest of 1 frames per quarter note.',
    )
  })

  it('that is cut, changed or hostile gives an error with the byte, at once', () => {
    const whole = midiFile(readPieces('60+64 60~+65 . 67')[0]!)
    const header = Array.from(whole.subarray(0, 14))
    const track = (...bytes: number[]) => Uint8Array.from([...header, 77, 84, 114, 107, 0, 0, 0, bytes.length, ...bytes])
    expect(messageOf(() => readMidi(whole.subarray(0, whole.length - 3), 'a.mid'))).toMatch(/byte 18: a chunk of \d+ bytes where/)
    expect(messageOf(() => readMidi(track(0, 0x90, 60), 'a.mid'))).toMatch(/byte 25: the track ends inside an event/)
    expect(messageOf(() => readMidi(track(0, 60, 60), 'a.mid'))).toMatch(/byte 23: a data byte where an event must begin/)
    expect(messageOf(() => readMidi(track(0, 0xff, 1, 0xff, 0xff, 0xff, 0xff, 0x7f), 'a.mid'))).toMatch(/byte 25: a number of more than four/)
    expect(messageOf(() => readMidi(Uint8Array.of(0x89, 0x50), 'a.png'))).toMatch(/a\.png: byte 0: this is no MIDI file/)
    // Deltas of the greatest size: millions of frames.
    const far = track(...Array.from({ length: 8 }, () => [0xff, 0xff, 0xff, 0x7f, 0x90, 60, 64]).flat())
    expect(() => readMidi(far, 'a.mid')).toThrow(/frames of 1\/\d+ quarter note; at most 100000 are read/)
    // A hundred thousand notes of one pitch at once, which last to the end.
    const many = track()
    const notes = Array.from({ length: 100_000 }, () => [0, 60, 64]).flat()
    const body = [0, 0x90, 60, 64, ...notes, 0x83, 0xff, 0x7f, 0xff, 0x2f, 0]
    const crowded = Uint8Array.from([...Array.from(many.subarray(0, 18)), 0, body.length >> 16, (body.length >> 8) & 255, body.length & 255, ...body])
    const begun = performance.now()
    expect(readMidi(crowded, 'a.mid').text.split('\n')[1]).toMatch(/^60 60~ 60~ /)
    expect(performance.now() - begun).toBeLessThan(1000)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(whole)
        for (const [at, value] of changes) bytes[at] = value
        try {
          readPieces(readMidi(bytes, 'a.mid').text)
        } catch (error) {
          expect(error).toBeInstanceOf(UnrollError)
        }
      }),
      { numRuns: 300 },
    ) // prettier-ignore
  }) // prettier-ignore
})
