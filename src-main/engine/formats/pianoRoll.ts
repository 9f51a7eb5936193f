// Reads piano rolls as music in the stored form: JSON lists of pieces, each a list of frames, each a list of MIDI note numbers; or arrays of
// keys by frames. Such data do not tell a held note from one that is struck again: every note is struck.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import {
  isKey,
  lowestNote,
  keyCount,
  usualMeter,
  type FrameNote,
  type MusicPiece,
} from '../../contract/music/pieces.ts'
import { counted, musicTextOf, musicWarning, outOfRange, type MusicText } from './musicText.ts'

/** The parts of a data set in the order in which they are joined, each with the names that it has in files. */
const parts = ['train', 'valid', 'test'] as const

const fault = (name: string, message: string) => new UnrollError('E_DATA_FORMAT', `${name}: ${message}`)

/**
 * Reads a JSON file: a list of pieces, or an object with such lists for training, validation and test, which are joined in this order. Throws
 * E_JSON, E_DATA_FORMAT with the piece and the frame, E_DATA_EMPTY.
 */
export function readPianoRoll(bytes: Uint8Array, name: string): MusicText {
  let content: unknown
  try {
    content = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new UnrollError('E_JSON', `${name}: this is no JSON: ${(error as Error).message}`)
  }
  const { lists, warnings } = listsOf(content, name)
  let outside = 0
  const pieces = lists.map((list, at): MusicPiece => {
    if (!Array.isArray(list)) throw fault(name, `piece ${at + 1} is no list of frames.`)
    return {
      ...usualMeter,
      frames: list.map((frame, t) => frameOf(frame, `piece ${at + 1}, frame ${t + 1}`)),
    }
  })
  return musicTextOf(pieces, name, [...warnings, unstated(name), ...outOfRange(name, outside)])

  function frameOf(frame: unknown, where: string): FrameNote[] {
    if (!Array.isArray(frame)) throw fault(name, `${where} is no list of MIDI note numbers.`)
    const notes = new Set<number>()
    for (const note of frame as unknown[]) {
      if (typeof note !== 'number' || !Number.isInteger(note) || note < 0 || note > 127)
        throw fault(
          name,
          `${where}: ${JSON.stringify(note)?.slice(0, 40)} is no MIDI note number (0 to 127).`,
        )
      if (isKey(note)) notes.add(note)
      else outside++
    }
    return [...notes].sort((a, b) => a - b).map((note) => ({ note, held: false }))
  }
}

const unstated = (name: string): Warning =>
  musicWarning(
    `${name}: it does not say how long a frame lasts; it is taken as a quarter note, ${usualMeter.tempo} per minute.`,
  )

/** The lists of pieces of a file; of one with parts, joined, with their sizes. */
function listsOf(content: unknown, name: string): { lists: unknown[]; warnings: Warning[] } {
  if (Array.isArray(content)) return { lists: content, warnings: [] }
  const entries = content !== null && typeof content === 'object' ? Object.entries(content) : []
  const found = parts.flatMap((part) =>
    entries.filter(([key]) => key.toLowerCase().startsWith(part)).map(([key, list]) => ({ key, list })),
  )
  const other = entries.find(([key]) => !found.some((one) => one.key === key))
  if (found.length === 0 || other)
    throw fault(
      name,
      `${other ? `"${other[0].slice(0, 40)}" is no part of a data set` : 'no list of pieces'}. It must be a list of pieces, or an object of such lists with the names train, valid and test.`,
    )
  const lists = found.map(({ key, list }) => {
    if (!Array.isArray(list)) throw fault(name, `"${key.slice(0, 40)}" is no list of pieces.`)
    return list as unknown[]
  })
  const sizes = found.map(({ key }, i) => `${counted(lists[i]!.length, 'piece')} of "${key}"`).join(', ')
  return { lists: lists.flat(1), warnings: [musicWarning(`${name}: joined in this order: ${sizes}.`)] }
}

/**
 * Music from an array of shape (T, K) or (N, T, K), row by row, with K = 88 keys or 128 note numbers; a value above 0 is a note that sounds.
 * Rows of silence at the end of a piece of (N, T, K) are left out. Throws E_DATA_FORMAT, E_DATA_EMPTY.
 */
export function musicOfArray(values: ArrayLike<number>, shape: readonly number[], name: string): MusicText {
  const keys = shape.at(-1) ?? 0
  const [count, frames] = shape.length === 3 ? [shape[0]!, shape[1]!] : [1, shape[0] ?? 0]
  if ((shape.length !== 2 && shape.length !== 3) || (keys !== keyCount && keys !== 128))
    throw fault(
      name,
      `an array of shape (${shape.join(', ')}); music has (frames, ${keyCount}) or (pieces, frames, ${keyCount}), or 128 in place of ${keyCount}.`,
    )
  const first = keys === keyCount ? lowestNote : 0
  let outside = 0
  const pieces = Array.from({ length: count }, (_, n): MusicPiece => {
    const rows = Array.from({ length: frames }, (_row, t) => {
      const from = (n * frames + t) * keys
      const frame: FrameNote[] = []
      for (let k = 0; k < keys; k++) {
        if (!(values[from + k]! > 0)) continue
        if (isKey(first + k)) frame.push({ note: first + k, held: false })
        else outside++
      }
      return frame
    })
    const end = shape.length === 3 ? rows.findLastIndex((frame) => frame.length > 0) + 1 : rows.length
    return { ...usualMeter, frames: rows.slice(0, end) }
  })
  return musicTextOf(pieces, name, [unstated(name), ...outOfRange(name, outside)])
}
