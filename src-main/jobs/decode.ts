// Bytes of unknown origin -> text, or a refusal that says what they look like and where they break. Nothing is guessed silently:
// every reading but plain UTF-8 leaves a warning.
import { UnrollError, type Warning } from '../contract/errors.ts'
import type { Dataset } from '../contract/data.ts'
import type { DecodeMode, TextFacts } from './protocol.ts'
import { textCounter } from './facts.ts'
import {
  badPlaces,
  type BadPlace,
  headBytes,
  hex,
  refuseKnown,
  refuseZero,
  wholeSequences,
} from './recognise.ts'

const said = (message: string): Warning[] => [{ code: 'W_DECODED', message }]

/** A new one each time: answers move to another thread. */
const nothing = () => new Uint8Array(0)

/** In a buffer of their own, which may move to another thread. */
function gather(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
const joinBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => (a.length ? gather([a, b]) : b)

/** What a reading makes of a piece; `last` ends it. */
interface Reading {
  encoding: Dataset['encoding']
  /** Throws what the whole file is refused for. */
  read(bytes: Uint8Array, last: boolean): { text: string; utf8: Uint8Array }
  warnings(): Warning[]
}

function readUtf16(name: string, end: 'le' | 'be'): Reading {
  const decoder = new TextDecoder(`utf-16${end}`, { fatal: true, ignoreBOM: true })
  let held = ''
  return {
    encoding: `utf-16${end}`,
    read(bytes, last) {
      try {
        const text = held + decoder.decode(bytes, { stream: !last })
        const high = !last && /[\ud800-\udbff]$/.test(text)
        held = high ? text.slice(-1) : ''
        const whole = high ? text.slice(0, -1) : text
        return { text: whole, utf8: new TextEncoder().encode(whole) }
      } catch {
        throw new UnrollError(
          'E_ENCODING',
          `${name} begins with the byte order mark of UTF-16 ${end.toUpperCase()}, but is cut or damaged. Save it as UTF-8.`,
        )
      }
    },
    warnings: () =>
      said(`Read as UTF-16 ${end.toUpperCase()}, as its byte order mark says, and stored as UTF-8.`),
  }
}

/** `shift`: bytes of the file before the first one that is read here. `latin-1` reads everything as that. */
function readUtf8(name: string, mode: DecodeMode, shift: number): Reading {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  /** Sequence that the last piece did not finish, and where it begins. */
  let held: Uint8Array = nothing()
  let offset = shift
  let first: { offset: number; bytes: Uint8Array } | undefined
  let count = 0

  const where = () => `byte ${first!.offset} (${hex(first!.bytes)})`
  const much = () => `${count} ${count === 1 ? 'place' : 'places'}`

  /** The text of whole sequences; undefined if they are no UTF-8. */
  function sound(bytes: Uint8Array): string | undefined {
    try {
      return strict.decode(bytes)
    } catch {
      return undefined
    }
  }

  function damaged(bytes: Uint8Array, places: BadPlace[]): { text: string; utf8: Uint8Array } {
    if (mode === 'replace') {
      const text = lenient.decode(bytes)
      return { text, utf8: new TextEncoder().encode(text) }
    }
    let from = 0
    const kept = places.map(({ offset: at, length }) => {
      const part = bytes.subarray(from, at)
      from = at + length
      return part
    })
    const utf8 = gather([...kept, bytes.subarray(from)])
    return { text: lenient.decode(utf8), utf8 }
  }

  function readPiece(piece: Uint8Array, last: boolean): { text: string; utf8: Uint8Array } {
    if (first && first.bytes.length < 4)
      first.bytes = joinBytes(first.bytes, piece.subarray(0, 4 - first.bytes.length))
    const bytes = joinBytes(held, piece)
    const cut = last ? bytes.length : wholeSequences(bytes)
    held = bytes.slice(cut)
    const begin = offset
    offset += cut
    const whole = bytes.subarray(0, cut)
    const text = sound(whole)
    // Behind the first fault of a text that will be refused only more of them are counted.
    if (text !== undefined)
      return first && mode === 'strict' ? { text: '', utf8: nothing() } : { text, utf8: whole }
    const bad = badPlaces(whole, mode === 'skip' ? Infinity : 1)
    const place = bad.places[0]!.offset
    first ??= { offset: begin + place, bytes: bytes.slice(place, place + 4) }
    count += bad.count
    return mode === 'strict' ? { text: '', utf8: nothing() } : damaged(whole, bad.places)
  }

  return {
    encoding: mode === 'latin-1' ? 'latin-1' : 'utf-8',
    read(piece, last) {
      if (mode === 'latin-1') {
        if (!first) readPiece(piece, last)
        const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
        return { text, utf8: new TextEncoder().encode(text) }
      }
      const read = readPiece(piece, last)
      if (mode === 'strict' && last && first) {
        throw new UnrollError(
          'E_UTF8',
          `${name} is not UTF-8 at ${where()}, ${much()} in all. Read it as Latin-1, replace them by U+FFFD, or skip them: choose latin-1, replace or skip.`,
          { offset: first.offset },
        )
      }
      return read
    },
    warnings() {
      if (mode === 'latin-1')
        return said(first ? `Read as Latin-1, because it is not UTF-8 at ${where()}.` : 'Read as Latin-1.')
      if (!first) return []
      return mode === 'replace'
        ? said(`Replaced ${much()} that are not UTF-8 by U+FFFD, the first at ${where()}.`)
        : said(`Left out ${much()} that are not UTF-8, the first at ${where()}.`)
    },
  }
}

export type TextReader = ReturnType<typeof textReader>

/**
 * Reads the bytes of a file piece by piece: UTF-8 of each, with `last` what is known of the whole. Throws E_DATA_EMPTY, E_BINARY,
 * E_ENCODING, E_UTF8 (with the byte offset in details). Mode `latin-1` does not ask whether it is UTF-8.
 */
export function textReader(name: string, mode: DecodeMode) {
  /** The beginning, until there is enough to tell what it is. */
  let head: Uint8Array | undefined = nothing()
  let mark = 0
  let bytesRead = 0
  let reading: Reading | undefined
  const counter = textCounter()

  function begin(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0)
      throw new UnrollError('E_DATA_EMPTY', `${name} is empty. A text needs at least a few dozen characters.`)
    const starts = (...expected: number[]) => expected.every((byte, i) => bytes[i] === byte)
    mark = starts(0xef, 0xbb, 0xbf) ? 3 : starts(0xff, 0xfe) || starts(0xfe, 0xff) ? 2 : 0
    const rest = bytes.subarray(mark)
    bytesRead = mark
    if (mark !== 2) refuseKnown(rest, name)
    reading = mark === 2 ? readUtf16(name, bytes[0] === 0xff ? 'le' : 'be') : readUtf8(name, mode, mark)
    return rest
  }

  function refuseBlank(): void {
    if (!counter.blank) return
    const holds =
      mark && bytesRead === mark
        ? 'a byte order mark (BOM)'
        : mark
          ? 'a byte order mark (BOM) and white space'
          : 'white space'
    throw new UnrollError(
      'E_DATA_EMPTY',
      `${name} holds nothing but ${holds}. Choose a text with words in it.`,
    )
  }

  function warnings(): Warning[] {
    const left = mark === 3 ? said('Left out the byte order mark (BOM) at its beginning.') : []
    return [...reading!.warnings(), ...left]
  }

  return function read(piece: Uint8Array, last: boolean): { utf8: Uint8Array; facts?: TextFacts } {
    let bytes = piece
    if (head) {
      bytes = joinBytes(head, piece)
      if (bytes.length < headBytes && !last) {
        head = bytes.slice()
        return { utf8: nothing() }
      }
      head = undefined
      bytes = begin(bytes)
    }
    if (mark !== 2) refuseZero(bytes, bytesRead, bytesRead === mark, name)
    bytesRead += bytes.length
    const { text, utf8 } = reading!.read(bytes, last)
    counter.take(text, utf8)
    if (!last) return { utf8 }
    refuseBlank()
    return { utf8, facts: counter.facts(reading!.encoding, warnings()) }
  }
}
