// The events of a standard MIDI file that a piece is made of: onsets and ends of notes, tempos, ends of tracks. Every read is inside the
// file, so damaged bytes give an error with their place. Control changes, pitch bends and texts are skipped.
import { UnrollError } from '../../contract/errors.ts'

/** An onset, or the end of a note, at a tick of its track. */
export interface NoteEvent {
  tick: number
  on: boolean
  /** Channel from 0; 9 is that of percussion. */
  channel: number
  note: number
}

export interface MidiTrack {
  notes: NoteEvent[]
  /** Tick of its end. */
  end: number
}

export interface MidiEvents {
  /** 0: one track; 1: tracks that play together; 2: tracks that are pieces of their own. */
  format: number
  ticksPerQuarter: number
  /** Quarter notes per minute, in order of time within each track. */
  tempos: { tick: number; tempo: number }[]
  tracks: MidiTrack[]
}

const metaTypes = { endOfTrack: 0x2f, tempo: 0x51 }
/** Data bytes of channel messages by the upper half of their status byte, from 0x8 on. */
const dataBytes = [2, 2, 2, 2, 1, 1, 2]

interface Cursor {
  at: number
  end: number
}

/** Reads the events of a file. Throws E_DATA_FORMAT with the byte. */
export function midiEvents(bytes: Uint8Array, name: string): MidiEvents {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fault = (offset: number, message: string) =>
    new UnrollError('E_DATA_FORMAT', `${name}: byte ${offset}: ${message}`, { offset })
  const id = (at: number) =>
    Array.from(bytes.subarray(at, at + 4), (code) => String.fromCharCode(code)).join('')
  const byte = (cursor: Cursor): number => {
    if (cursor.at >= cursor.end)
      throw fault(cursor.at, 'the track ends inside an event. The file is cut or damaged.')
    return bytes[cursor.at++]!
  }
  const data = (cursor: Cursor): number => {
    const value = byte(cursor)
    if (value > 127) throw fault(cursor.at - 1, `${value} is no data byte (0 to 127). The file is damaged.`)
    return value
  }
  const variable = (cursor: Cursor): number => {
    const from = cursor.at
    for (let value = 0, n = 0; n < 4; n++) {
      const next = byte(cursor)
      value = value * 128 + (next & 0x7f)
      if (next < 128) return value
    }
    throw fault(from, 'a number of more than four bytes. The file is damaged.')
  }
  const skip = (cursor: Cursor, length: number) => {
    if (length > cursor.end - cursor.at)
      throw fault(
        cursor.at,
        `an event of ${length} bytes where the track has ${cursor.end - cursor.at}. The file is cut or damaged.`,
      )
    cursor.at += length
  }

  if (bytes.length < 14 || id(0) !== 'MThd')
    throw fault(0, 'this is no MIDI file: it does not begin with MThd and a header. Choose another file.')
  const headerLength = view.getUint32(4)
  const [format, division] = [view.getUint16(8), view.getUint16(12)]
  if (headerLength < 6) throw fault(4, `a header of ${headerLength} bytes; it has at least 6.`)
  if (format > 2) throw fault(8, `format ${format} is unknown; known are 0, 1 and 2.`)
  const isTimecode = division >= 0x8000
  // Timecode counts parts of a second: two quarter notes at 120 per minute.
  const ticksPerQuarter = isTimecode ? ((256 - (division >> 8)) * (division & 0xff)) / 2 : division
  if (ticksPerQuarter === 0) throw fault(12, 'a quarter note has 0 ticks. The file is damaged.')
  const events: MidiEvents = { format, ticksPerQuarter, tempos: [], tracks: [] }

  for (let at = 8 + headerLength; at < bytes.length;) {
    if (bytes.length - at < 8)
      throw fault(at, 'the file ends inside the header of a chunk. It is cut or damaged.')
    const length = view.getUint32(at + 4)
    if (length > bytes.length - at - 8)
      throw fault(
        at + 4,
        `a chunk of ${length} bytes where the file has ${bytes.length - at - 8}. It is cut or damaged.`,
      )
    if (id(at) === 'MTrk') events.tracks.push(readTrack({ at: at + 8, end: at + 8 + length }))
    at += 8 + length
  }
  if (events.tracks.length === 0) throw fault(8 + headerLength, 'the file has no track. Choose another file.')
  return events

  function readTrack(cursor: Cursor): MidiTrack {
    const track: MidiTrack = { notes: [], end: 0 }
    let tick = 0
    let running = 0
    while (cursor.at < cursor.end) {
      tick += variable(cursor)
      track.end = tick
      const first = byte(cursor)
      if (first === 0xff) {
        const type = data(cursor)
        const length = variable(cursor)
        const from = cursor.at
        skip(cursor, length)
        if (type === metaTypes.endOfTrack) break
        if (type === metaTypes.tempo && !isTimecode) {
          if (length !== 3) throw fault(from, `a tempo of ${length} bytes; it has 3.`)
          const microseconds = (view.getUint16(from) << 8) + bytes[from + 2]!
          if (microseconds > 0) events.tempos.push({ tick, tempo: 60e6 / microseconds })
        }
        running = 0
      } else if (first === 0xf0 || first === 0xf7) {
        skip(cursor, variable(cursor))
        running = 0
      } else if (first > 0xf0) {
        throw fault(cursor.at - 1, `status byte ${first} has no place in a file. It is damaged.`)
      } else {
        const isStatus = first >= 0x80
        if (!isStatus && running === 0)
          throw fault(cursor.at - 1, 'a data byte where an event must begin. The file is damaged.')
        const now = isStatus ? first : running
        running = now
        const kind = now >> 4
        const one = isStatus ? data(cursor) : first
        const two = dataBytes[kind - 8] === 2 ? data(cursor) : 0
        if (kind === 8 || kind === 9)
          track.notes.push({ tick, on: kind === 9 && two > 0, channel: now & 15, note: one })
      }
    }
    return track
  }
}
