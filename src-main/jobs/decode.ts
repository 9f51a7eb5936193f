// Decodes bytes of unknown encoding, or refuses them with the detected type and the position of the fault. Every decoding except plain
// UTF-8 adds a warning.
import type { DecodeMode } from '../contract/data.ts'
import { UnrollError, type Warning } from '../contract/errors.ts'
import { readEncoded } from './decodeOther.ts'
import { readUtf8 } from './decodeUtf8.ts'
import { joinBytes, noBytes } from './pieces.ts'
import { decodeWarning, type PieceDecoder } from './textReading.ts'
import { headBytes, refuseKnown, refuseZero } from './detectEncoding.ts'

/** The decoder of a file: by its byte order mark, by the given encoding, else UTF-8. */
function decoderFor(name: string, mode: DecodeMode, mark: number, first: number): PieceDecoder {
  if (mark === 2) {
    const end = first === 0xff ? 'le' : 'be'
    const fault = () =>
      new UnrollError(
        'E_ENCODING',
        `${name} begins with the byte order mark of UTF-16 ${end.toUpperCase()}, but is cut or damaged. Choose how to decode it: replace (by U+FFFD) or skip; or save it as UTF-8.`,
      )
    return readEncoded(`utf-16${end}`, 'as its byte order mark says', mode === 'strict' ? fault : undefined)
  }
  return mode === 'strict' || mode === 'replace' || mode === 'skip'
    ? readUtf8(name, mode, mark)
    : readEncoded(mode, 'as chosen')
}

/** Decodes a file piece by piece. */
export interface FileDecoder {
  /** Throws E_DATA_EMPTY, E_BINARY, E_ENCODING, E_UTF8 (details: byte offset and the detected encoding). */
  read(piece: Uint8Array, last: boolean): { text: string; utf8: Uint8Array }
  /** Of the file, once some of it was read. */
  encoding(): PieceDecoder['encoding']
  warnings(): Warning[]
  /** E_DATA_EMPTY for a file of which nothing but white space was read. */
  refuseBlank(): void
}

/** A given encoding is used without a check whether the bytes are UTF-8. */
export function fileDecoder(name: string, mode: DecodeMode): FileDecoder {
  /** The beginning of the file, collected until there is enough to detect its type. */
  let head: Uint8Array | undefined = noBytes()
  let mark = 0
  let bytesRead = 0
  let decoder: PieceDecoder | undefined

  function begin(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0)
      throw new UnrollError('E_DATA_EMPTY', `${name} is empty. A text needs at least a few dozen characters.`)
    const starts = (...expected: number[]) => expected.every((byte, i) => bytes[i] === byte)
    mark = starts(0xef, 0xbb, 0xbf) ? 3 : starts(0xff, 0xfe) || starts(0xfe, 0xff) ? 2 : 0
    const rest = bytes.subarray(mark)
    bytesRead = mark
    if (mark !== 2) refuseKnown(rest, name)
    decoder = decoderFor(name, mode, mark, bytes[0]!)
    return rest
  }

  return {
    read(piece, last) {
      let bytes = piece
      if (head) {
        bytes = joinBytes(head, piece)
        if (bytes.length < headBytes && !last) {
          head = bytes.slice()
          return { text: '', utf8: noBytes() }
        }
        head = undefined
        bytes = begin(bytes)
      }
      if (!decoder!.encoding.startsWith('utf-16')) refuseZero(bytes, bytesRead, bytesRead === mark, name)
      bytesRead += bytes.length
      return decoder!.read(bytes, last)
    },
    encoding: () => decoder!.encoding,
    warnings() {
      const left = mark === 3 ? [decodeWarning('Left out the byte order mark (BOM) at its beginning.')] : []
      return [...decoder!.warnings(), ...left]
    },
    refuseBlank() {
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
    },
  }
}
