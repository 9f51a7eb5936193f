// Bytes of unknown origin -> text, or a refusal that says what they look like and where they break. Nothing is guessed silently:
// every reading but plain UTF-8 leaves a warning.
import { UnrollError, type Warning } from '../contract/errors.ts'
import type { Dataset } from '../contract/data.ts'
import type { DecodeMode, TextFacts } from './protocol.ts'
import { sha256 } from './texts.ts'

const magics: [string, string][] = [
  ['89504e47', 'PNG image'],
  ['ffd8ff', 'JPEG image'],
  ['47494638', 'GIF image'],
  ['1f8b', 'gzip archive'],
  ['504b0304', 'ZIP archive (also .docx, .epub, .odt)'],
  ['25504446', 'PDF document'],
  ['7f454c46', 'ELF program'],
  ['4d5a90', 'Windows program'],
  ['cffaedfe', 'macOS program'],
  ['53514c69746520666f726d61742033', 'SQLite database'],
  ['377abcaf271c', '7z archive'],
  ['425a68', 'bzip2 archive'],
  ['fd377a585a00', 'xz archive'],
  ['28b52ffd', 'Zstandard archive'],
  ['52494646', 'RIFF file (WAV, AVI or WebP)'],
  ['4f676753', 'Ogg sound'],
  ['494433', 'MP3 sound'],
  ['d0cf11e0a1b11ae1', 'old Office document'],
  ['93 4e 55 4d 50 59'.replaceAll(' ', ''), 'NumPy array'],
  ['894844460d0a1a0a', 'HDF5 file'],
]

const hex = (bytes: Uint8Array) =>
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

interface BadPlace {
  offset: number
  length: number
}

/** Up to `most` places that are not UTF-8, and how many there are in all. */
function badPlaces(bytes: Uint8Array, most: number): { places: BadPlace[]; count: number } {
  const places: BadPlace[] = []
  let count = 0
  for (let i = 0; i < bytes.length;) {
    const length = sequence(bytes, i)
    if (length < 0) {
      if (count++ < most) places.push({ offset: i, length: -length })
    }
    i += Math.abs(length)
  }
  return { places, count }
}

/** Without marks UTF-16 of Latin text has zeros at every other byte. */
function utf16Guess(bytes: Uint8Array): 'UTF-16 LE' | 'UTF-16 BE' | undefined {
  const head = bytes.subarray(0, 4096)
  const zeros = [0, 0]
  head.forEach((byte, i) => byte === 0 && zeros[i % 2]!++)
  const half = head.length / 2
  if (zeros[1]! > half * 0.4 && zeros[0]! < half * 0.05) return 'UTF-16 LE'
  if (zeros[0]! > half * 0.4 && zeros[1]! < half * 0.05) return 'UTF-16 BE'
  return undefined
}

function refuseBinary(bytes: Uint8Array, name: string): void {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('hex')
  const looks = magics.find(([magic]) => head.startsWith(magic))?.[1]
  if (looks)
    throw new UnrollError('E_BINARY', `${name} looks like a ${looks}, not like text. Choose a text file.`)
  const zero = bytes.indexOf(0)
  if (zero < 0) return
  const guess = utf16Guess(bytes)
  if (guess) {
    throw new UnrollError(
      'E_ENCODING',
      `${name} looks like ${guess} without a byte order mark. Save it as UTF-8, then import it again.`,
    )
  }
  throw new UnrollError(
    'E_BINARY',
    `${name} looks like binary data: byte ${zero} is zero. Choose a text file.`,
    { offset: zero },
  )
}

interface Decoded {
  text: string
  encoding: Dataset['encoding']
  warnings: Warning[]
}

const said = (message: string): Warning[] => [{ code: 'W_DECODED', message }]

function decodeUtf16(bytes: Uint8Array, name: string, end: 'le' | 'be'): Decoded {
  try {
    const text = new TextDecoder(`utf-16${end}`, { fatal: true }).decode(bytes)
    return {
      text,
      encoding: `utf-16${end}`,
      warnings: said(
        `Read as UTF-16 ${end.toUpperCase()}, as its byte order mark says, and stored as UTF-8.`,
      ),
    }
  } catch {
    throw new UnrollError(
      'E_ENCODING',
      `${name} begins with the byte order mark of UTF-16 ${end.toUpperCase()}, but is cut or damaged. Save it as UTF-8.`,
    )
  }
}

function decodeUtf8(bytes: Uint8Array, name: string, mode: DecodeMode, shift: number): Decoded {
  const { places, count } = badPlaces(bytes, mode === 'skip' ? Infinity : 1)
  const first = places[0]
  if (!first)
    return {
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
      encoding: 'utf-8',
      warnings: [],
    }
  const where = `byte ${first.offset + shift} (${hex(bytes.subarray(first.offset, first.offset + 4))})`
  const much = `${count} ${count === 1 ? 'place' : 'places'}`
  if (mode === 'strict') {
    throw new UnrollError(
      'E_UTF8',
      `${name} is not UTF-8 at ${where}, ${much} in all. Read it as Latin-1, replace them by U+FFFD, or skip them: choose latin-1, replace or skip.`,
      { offset: first.offset + shift },
    )
  }
  if (mode === 'latin-1') {
    return {
      text: Buffer.from(bytes).toString('latin1'),
      encoding: 'latin-1',
      warnings: said(`Read as Latin-1, because it is not UTF-8 at ${where}.`),
    }
  }
  if (mode === 'replace') {
    return {
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
      encoding: 'utf-8',
      warnings: said(`Replaced ${much} that are not UTF-8 by U+FFFD, the first at ${where}.`),
    }
  }
  let from = 0
  const kept = places.map(({ offset, length }) => {
    const part = bytes.subarray(from, offset)
    from = offset + length
    return part
  })
  const text = Buffer.concat([...kept, bytes.subarray(from)]).toString('utf8')
  return {
    text,
    encoding: 'utf-8',
    warnings: said(`Left out ${much} that are not UTF-8, the first at ${where}.`),
  }
}

/** Throws E_DATA_EMPTY, E_BINARY, E_ENCODING, E_UTF8 (with the byte offset in details). */
export function decodeText(bytes: Uint8Array, name: string, mode: DecodeMode): Decoded {
  if (bytes.length === 0)
    throw new UnrollError('E_DATA_EMPTY', `${name} is empty. A text needs at least a few dozen characters.`)
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte)
  const mark = starts(0xef, 0xbb, 0xbf) ? 3 : starts(0xff, 0xfe) || starts(0xfe, 0xff) ? 2 : 0
  const rest = bytes.subarray(mark)
  if (mark !== 2) refuseBinary(rest, name)
  const decoded =
    mark === 2 ? decodeUtf16(rest, name, bytes[0] === 0xff ? 'le' : 'be') : decodeUtf8(rest, name, mode, mark)
  if (decoded.text.trim() === '') {
    const holds =
      mark && rest.length === 0
        ? 'a byte order mark (BOM)'
        : mark
          ? 'a byte order mark (BOM) and white space'
          : 'white space'
    throw new UnrollError(
      'E_DATA_EMPTY',
      `${name} holds nothing but ${holds}. Choose a text with words in it.`,
    )
  }
  if (mark === 3) decoded.warnings.push(...said('Left out the byte order mark (BOM) at its beginning.'))
  return decoded
}

/** Distinct code points with counts. Units of one word are counted in an array: a map would take seconds for long texts. */
function countSymbols(text: string): { counts: Map<string, number>; characters: number } {
  const units = new Uint32Array(0x10000)
  const pairs = new Map<string, number>()
  let characters = 0
  for (let i = 0; i < text.length; i++) {
    characters++
    const unit = text.charCodeAt(i)
    if (unit < 0xd800 || unit > 0xdbff) {
      units[unit]!++
      continue
    }
    const pair = text.slice(i, i + 2)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    i++
  }
  const counts = new Map<string, number>()
  units.forEach((count, unit) => count && counts.set(String.fromCharCode(unit), count))
  for (const [pair, count] of pairs) counts.set(pair, count)
  return { counts, characters }
}

/** Lines end at CR, LF or CRLF. */
function countLines(text: string): number {
  let lines = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) lines++
  }
  return lines + (/[\r\n]$/.test(text.slice(-1)) ? 0 : 1)
}

/** What is shown of a text: counts, the first 4,000 code points, its symbols. `utf8` are its bytes. */
export function textFacts(
  text: string,
  utf8: Uint8Array,
  encoding: Dataset['encoding'],
  warnings: Warning[],
): TextFacts {
  const { counts, characters } = countSymbols(text)
  const all: Warning[] = [...warnings]
  if (counts.size === 1) {
    const only = JSON.stringify([...counts.keys()][0])
    all.push({
      code: 'W_VOCAB_1',
      message: `The text has one symbol only (${only}): a model of it learns nothing.`,
    })
  }
  return {
    bytes: utf8.length,
    characters,
    lines: countLines(text),
    encoding,
    sha256: sha256(utf8),
    preview: Array.from(text.slice(0, 8000)).slice(0, 4000).join(''),
    symbols: [...counts].sort((a, b) => b[1] - a[1]).slice(0, 1000).map(([symbol, count]) => ({ symbol, count })), // prettier-ignore
    distinct: counts.size,
    warnings: all,
  }
}
