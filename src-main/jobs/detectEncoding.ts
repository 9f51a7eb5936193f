// Detects what bytes are: a known file type, UTF-16 without a byte order mark, UTF-8 and where it is invalid. It decodes no text.
import { analyse } from 'chardet'
import { encodingOf, type Encoding } from '../contract/data.ts'
import { UnrollError } from '../contract/errors.ts'

/**
 * First bytes (as Latin-1) of file types. Letters are not enough, since a text may begin with them: each row contains a byte that no text
 * has there, or a whole signature.
 */
/* eslint-disable no-control-regex */
const magics: [RegExp, string][] = [
  [/^\x89PNG/, 'PNG image'],
  [/^\xff\xd8\xff/, 'JPEG image'],
  [/^GIF8[79]a[^]{0,3}\0/, 'GIF image'],
  [/^(II\*\0|MM\0\*)/, 'TIFF image'],
  [/^\x1f\x8b/, 'gzip archive'],
  [/^PK(\x03\x04|\x05\x06|\x07\x08)/, 'ZIP archive (also .docx, .epub, .odt)'],
  [/^%PDF-\d\.\d *[\r\n]/, 'PDF document'],
  [/^\x7fELF/, 'ELF program'],
  [/^MZ[^]{0,62}\0/, 'Windows program'],
  [/^\xcf\xfa\xed\xfe/, 'macOS program'],
  [/^SQLite format 3\0/, 'SQLite database'],
  [/^7z\xbc\xaf\x27\x1c/, '7z archive'],
  [/^Rar!\x1a\x07/, 'RAR archive'],
  [/^BZh[1-9]1AY&SY/, 'bzip2 archive'],
  [/^\xfd7zXZ\0/, 'xz archive'],
  [/^\x28\xb5\x2f\xfd/, 'Zstandard archive'],
  [/^RIFF[^]{4}(WAVEfmt |AVI LIST|WEBPVP8)/, 'RIFF file (WAV, AVI or WebP)'],
  [/^OggS\0/, 'Ogg sound'],
  [/^ID3[\x02-\x04]\0/, 'MP3 sound'],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, 'old Office document'],
  [/^\x93NUMPY/, 'NumPy array'],
  [/^\x89HDF\r\n\x1a\n/, 'HDF5 file'],
]
/* eslint-enable no-control-regex */

/** Percent; below this confidence a detected language is ignored. */
const leastConfidence = 10

/** Bytes as hexadecimal text. */
export const hex = (bytes: Uint8Array) =>
  [...bytes].map((b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')

/** Length of the valid UTF-8 sequence at `i`, or minus the length of the part to replace (Unicode's "maximal subpart"). */
function sequence(b: Uint8Array, i: number): number {
  const first = b[i]!
  if (first < 0x80) return 1
  const length =
    first >= 0xc2 && first <= 0xdf
      ? 2
      : first >= 0xe0 && first <= 0xef
        ? 3
        : first >= 0xf0 && first <= 0xf4
          ? 4
          : 0
  if (length === 0) return -1
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  for (let k = 1; k < length; k++) {
    const next = b[i + k]
    if (next === undefined || next < (k === 1 ? low : 0x80) || next > (k === 1 ? high : 0xbf)) return -k
  }
  return length
}

export interface BadPlace {
  offset: number
  length: number
}

/** Offsets of up to `max` invalid sequences, and how many there are in all. */
export function badPlaces(bytes: Uint8Array, max: number): { places: BadPlace[]; count: number } {
  const places: BadPlace[] = []
  let count = 0
  for (let i = 0; i < bytes.length;) {
    const length = sequence(bytes, i)
    if (length < 0) {
      if (count++ < max) places.push({ offset: i, length: -length })
    }
    i += Math.abs(length)
  }
  return { places, count }
}

/** The most likely encoding of bytes that are not UTF-8; undefined if they look like damaged UTF-8 or match none. */
export function detectEncoding(bytes: Uint8Array): Encoding | undefined {
  const found = analyse(bytes).filter(({ confidence }) => confidence >= leastConfidence)
  if (found[0]?.name === 'UTF-8') return undefined
  return found.map(({ name }) => encodingOf(name)).find((name) => name && !name.startsWith('utf-16'))
}

/** In UTF-16 without a byte order mark, Latin text has a zero in every other byte. */
function utf16Guess(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const head = bytes.subarray(0, headBytes)
  const zeros = [0, 0]
  head.forEach((byte, i) => byte === 0 && zeros[i % 2]!++)
  const half = head.length / 2
  if (zeros[1]! > half * 0.4 && zeros[0]! < half * 0.05) return 'utf-16le'
  if (zeros[0]! > half * 0.4 && zeros[1]! < half * 0.05) return 'utf-16be'
  return undefined
}

/** Number of bytes that suffice to detect the type. */
export const headBytes = 4096

/** E_BINARY if the first bytes are the signature of a known file type. */
export function refuseKnown(bytes: Uint8Array, name: string): void {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  const looks = magics.find(([magic]) => magic.test(head))?.[1]
  if (looks)
    throw new UnrollError('E_BINARY', `${name} looks like a ${looks}, not like text. Choose a text file.`)
}

/** E_BINARY or E_ENCODING for a zero byte. `offset`: position of these bytes in the file. */
export function refuseZero(bytes: Uint8Array, offset: number, isHead: boolean, name: string): void {
  const zero = bytes.indexOf(0)
  if (zero < 0) return
  const guess = isHead ? utf16Guess(bytes) : undefined
  if (guess) {
    throw new UnrollError(
      'E_ENCODING',
      `${name} looks like UTF-16 ${guess.slice(-2).toUpperCase()} without a byte order mark. Choose how to decode it: ${guess}.`,
      { encoding: guess },
    )
  }
  throw new UnrollError(
    'E_BINARY',
    `${name} looks like binary data: byte ${offset + zero} is zero. Choose a text file.`,
    { offset: offset + zero },
  )
}

/** Offset of the incomplete sequence at the end of `bytes`; their length if there is none. */
export function wholeSequences(bytes: Uint8Array): number {
  for (let i = bytes.length - 1; i >= Math.max(0, bytes.length - 3); i--) {
    const byte = bytes[i]!
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return i + length > bytes.length ? i : bytes.length
  }
  return bytes.length
}
