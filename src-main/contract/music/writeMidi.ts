// Writes a piece as a standard MIDI file of format 0: one track, its tempo and its notes. Durations are exact.
import type { MusicPiece } from './pieces.ts'
import { soundingNotes } from './soundingNotes.ts'

/** Least ticks per quarter note. */
const leastDivision = 480
const velocity = 80
const status = { noteOff: 0x80, noteOn: 0x90, meta: 0xff }
const metaTypes = { endOfTrack: 0x2f, tempo: 0x51 }

/** A number in 7-bit groups, most significant first, all but the last with the high bit set. */
function variableLength(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

const bigEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 0xff)

const chunk = (id: string, body: readonly number[]): number[] => [
  ...Array.from(id, (letter) => letter.charCodeAt(0)),
  ...bigEndian(body.length, 4),
  ...body,
]

/** The bytes of the file. The track ends with the last frame, so silence at the end is kept. */
export function midiFile({ frames, framesPerQuarter, tempo }: MusicPiece): Uint8Array<ArrayBuffer> {
  const ticksPerFrame = Math.ceil(leastDivision / framesPerQuarter)
  // Ends of notes come before onsets at the same time, so that a repeated note is struck again.
  const events = soundingNotes({ frames })
    .flatMap(({ note, from, to }) => [
      { frame: from, order: 1, bytes: [status.noteOn, note, velocity] },
      { frame: to, order: 0, bytes: [status.noteOff, note, 0] },
    ])
    .sort((a, b) => a.frame - b.frame || a.order - b.order)
  const microseconds = bigEndian(Math.round(60e6 / tempo), 3)
  const track: number[] = [0, status.meta, metaTypes.tempo, 3, ...microseconds]
  let now = 0
  const write = (frame: number, bytes: readonly number[]) => {
    for (const byte of variableLength((frame - now) * ticksPerFrame)) track.push(byte)
    for (const byte of bytes) track.push(byte)
    now = frame
  }
  for (const { frame, bytes } of events) write(frame, bytes)
  write(frames.length, [status.meta, metaTypes.endOfTrack, 0])
  const header = [...bigEndian(0, 2), ...bigEndian(1, 2), ...bigEndian(framesPerQuarter * ticksPerFrame, 2)]
  return Uint8Array.from(chunk('MThd', header).concat(chunk('MTrk', track)))
}
