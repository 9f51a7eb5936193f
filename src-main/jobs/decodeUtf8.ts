// Decodes UTF-8: refuses invalid bytes with the detected encoding, or replaces or skips them as asked.
import { encodings, type Encoding } from '../contract/data.ts'
import { UnrollError } from '../contract/errors.ts'
import { concatBytes, joinBytes, noBytes } from './pieces.ts'
import { placesText, decodeWarning, type PieceDecoder } from './textReading.ts'
import { badPlaces, hex, detectEncoding, wholeSequences, type BadPlace } from './detectEncoding.ts'

const sampleBefore = 1 << 12
const sampleBehind = 1 << 14
/** Characters of the excerpt on each side of the first fault. */
const shown = 24

/** Collects the bytes around the first fault, independent of piece borders. */
function sampler() {
  let bytes = noBytes()
  let fault: number | undefined
  const remember = (sound: Uint8Array) => {
    bytes = joinBytes(bytes, sound.slice(-sampleBefore)).slice(-sampleBefore)
  }
  return {
    /** `bad`: offset of the first fault in this piece. */
    take(piece: Uint8Array, bad?: number): void {
      if (fault === undefined) {
        remember(piece.subarray(0, bad))
        if (bad === undefined) return
        fault = bytes.length
        bytes = joinBytes(bytes, piece.slice(bad, bad + sampleBehind))
      } else if (bytes.length < fault + sampleBehind)
        bytes = joinBytes(bytes, piece.slice(0, fault + sampleBehind - bytes.length))
    },
    /** The detected encoding. */
    encoding: (): Encoding | undefined => detectEncoding(bytes),
    /** The text around the fault. */
    excerpt(encoding: Encoding): string {
      const text = (part: Uint8Array) => new TextDecoder(encoding).decode(part).replace(/\s+/g, ' ')
      const before = text(bytes.subarray(0, fault))
      const behind = text(bytes.subarray(fault))
      return `${before.slice(-shown)}${behind.slice(0, shown)}`.trim()
    },
  }
}

function notUtf8(
  name: string,
  offset: number,
  where: string,
  sample: ReturnType<typeof sampler>,
): UnrollError {
  const encoding = sample.encoding()
  const looks = encoding
    ? ` It looks like ${encoding}, ${encodings[encoding]}: “${sample.excerpt(encoding)}”.`
    : ''
  return new UnrollError(
    'E_UTF8',
    `${name} is not UTF-8 at ${where}.${looks} Choose how to decode it: ${encoding ?? 'an encoding such as windows-1252'}, replace (by U+FFFD) or skip.`,
    { offset, ...(encoding && { encoding }) },
  )
}

/** `shift`: bytes of the file before the first one that is decoded here. */
export function readUtf8(name: string, mode: 'strict' | 'replace' | 'skip', shift: number): PieceDecoder {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  /** Incomplete sequence at the end of the last piece, and its offset. */
  let held: Uint8Array = noBytes()
  let offset = shift
  let first: { offset: number; bytes: Uint8Array } | undefined
  let count = 0
  const sample = sampler()

  const where = () => `byte ${first!.offset} (${hex(first!.bytes)})`

  /** The text of complete sequences; undefined if they are not UTF-8. */
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
    const utf8 = concatBytes([...kept, bytes.subarray(from)])
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
    if (text !== undefined) sample.take(whole)
    // After the first fault of a text that will be refused, faults are only counted.
    if (text !== undefined)
      return first && mode === 'strict' ? { text: '', utf8: noBytes() } : { text, utf8: whole }
    const bad = badPlaces(whole, mode === 'skip' ? Infinity : 1)
    const place = bad.places[0]!.offset
    sample.take(whole, place)
    first ??= { offset: begin + place, bytes: bytes.slice(place, place + 4) }
    count += bad.count
    return mode === 'strict' ? { text: '', utf8: noBytes() } : damaged(whole, bad.places)
  }

  return {
    encoding: 'utf-8',
    read(piece, last) {
      const read = readPiece(piece, last)
      if (mode === 'strict' && last && first)
        throw notUtf8(name, first.offset, `${where()}, ${placesText(count)} in all`, sample)
      return read
    },
    warnings() {
      if (!first) return []
      const done = mode === 'replace' ? ['Replaced', ' by U+FFFD'] : ['Left out', '']
      return [
        decodeWarning(
          `${done[0]} ${placesText(count)} that are not UTF-8${done[1]}, the first at ${where()}.`,
        ),
      ]
    },
  }
}
