// Pieces of music on a grid of frames, and their stored form: one piece per line, frames between spaces. A frame is `.` (silence) or MIDI note
// numbers joined by `+`; a trailing `~` marks a note that is held from the frame before. It refuses notes that a piano does not have.
import { UnrollError, quotable } from '../errors.ts'

/** The keys of a piano as MIDI note numbers: A0 to C8. */
export const lowestNote = 21
export const highestNote = 108
export const keyCount = highestNote - lowestNote + 1

/** A note that sounds in a frame; held: it began in an earlier one. */
export interface FrameNote {
  note: number
  held: boolean
}

/** The duration of a frame. */
export interface Meter {
  framesPerQuarter: number
  /** Quarter notes per minute. */
  tempo: number
}

/** A piece: the notes of each frame in ascending order. */
export interface MusicPiece extends Meter {
  frames: FrameNote[][]
}

/** The meter of a text without one: a frame is a quarter note, 120 per minute. */
export const usualMeter: Meter = { framesPerQuarter: 1, tempo: 120 }
export const meterLimits = { framesPerQuarter: { min: 1, max: 96 }, tempo: { min: 4, max: 1000 } } as const

const meterLine = /^frames-per-quarter=(\d+) tempo=(\d+(?:\.\d+)?)$/
const noteToken = /^(\d{1,3})(~?)$/

/** Whether a note number is a key of a piano. */
export const isKey = (note: number): boolean => note >= lowestNote && note <= highestNote

/** The line that gives the pieces after it their meter. */
export const writeMeter = ({ framesPerQuarter, tempo }: Meter): string =>
  `frames-per-quarter=${framesPerQuarter} tempo=${tempo}`

/** A frame in the stored form: `.`, or `60~+64+67`. */
export const writeFrame = (frame: readonly FrameNote[]): string =>
  frame.length === 0 ? '.' : frame.map(({ note, held }) => `${note}${held ? '~' : ''}`).join('+')

/** Pieces in the stored form, with a line for each change of meter. */
export function writePieces(pieces: readonly MusicPiece[]): string {
  let meter = ''
  const lines = pieces.flatMap((piece) => {
    const own = writeMeter(piece)
    const changed = own === meter ? [] : [own]
    meter = own
    return [...changed, piece.frames.map(writeFrame).join(' ')]
  })
  return `${lines.join('\n')}\n`
}

/**
 * Reads pieces in the stored form; empty lines are left out, and a line with a meter applies to the pieces after it. Throws E_DATA_FORMAT with
 * the line and the frame; `path` names the input in messages.
 */
export function readPieces(text: string, path = 'data.dataset'): MusicPiece[] {
  let meter = usualMeter
  const pieces: MusicPiece[] = []
  text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .forEach((line, at) => {
      const body = line.trim()
      if (body === '') return
      if (body.startsWith('frames-per-quarter')) meter = readMeter(body, path, at + 1)
      else pieces.push({ ...meter, frames: readFrames(body, path, at + 1) })
    })
  return pieces
}

const fault = (path: string, line: number, message: string) =>
  new UnrollError('E_DATA_FORMAT', `${path}: line ${line}${message}`, { path, line })

function readMeter(line: string, path: string, at: number): Meter {
  const [, frames, tempo] = meterLine.exec(line) ?? []
  if (frames === undefined)
    throw fault(path, at, `: "${quotable(line)}" is no meter; it is written "${writeMeter(usualMeter)}".`)
  const meter = { framesPerQuarter: Number(frames), tempo: Number(tempo) }
  for (const [name, { min, max }] of Object.entries(meterLimits)) {
    const value = meter[name as keyof Meter]
    if (value < min || value > max)
      throw fault(
        path,
        at,
        `: ${name === 'tempo' ? 'tempo' : 'frames-per-quarter'} is ${value}; it must be from ${min} to ${max}.`,
      )
  }
  return meter
}

function readFrames(line: string, path: string, at: number): FrameNote[][] {
  let before: readonly FrameNote[] = []
  return line.split(/\s+/).map((token, t) => {
    const frame = token === '.' ? [] : token.split('+').map((word) => readNote(word, path, at, t + 1))
    frame.sort((a, b) => a.note - b.note)
    frame.forEach(({ note, held }, i) => {
      if (frame[i - 1]?.note === note) throw fault(path, at, `, frame ${t + 1}: note ${note} occurs twice.`)
      if (held && !before.some((one) => one.note === note))
        throw fault(
          path,
          at,
          `, frame ${t + 1}: note ${note} is marked as held (~), but it does not sound in the frame before.`,
        )
    })
    before = frame
    return frame
  })
}

function readNote(word: string, path: string, line: number, frame: number): FrameNote {
  const [, digits, mark] = noteToken.exec(word) ?? []
  if (digits === undefined)
    throw fault(
      path,
      line,
      `, frame ${frame}: "${quotable(word)}" is no note. A frame is a dot, or MIDI note numbers joined by +, such as 60+64~+67.`,
    )
  const note = Number(digits)
  if (!isKey(note))
    throw fault(
      path,
      line,
      `, frame ${frame}: note ${note} is no key of a piano, which are ${lowestNote} to ${highestNote}.`,
    )
  return { note, held: mark === '~' }
}

/** Duration of a frame in seconds. */
export const frameSeconds = ({ framesPerQuarter, tempo }: Meter): number => 60 / (tempo * framesPerQuarter)

const pitchClasses = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B']
/** The name of a MIDI note number in scientific pitch notation: 60 is C4. */
export const noteName = (note: number): string => `${pitchClasses[note % 12]}${Math.floor(note / 12) - 1}`
