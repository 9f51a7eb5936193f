// Texts that runs read: built-in ones and imported files.
import type { Warning } from './errors.ts'
import type { TextFormat } from './textFormat.ts'

/** Encodings that a text may be read from besides UTF-8, by their names in the Encoding standard, which Node and browsers decode. */
export const encodings = {
  'windows-1252': 'Western European (also Latin-1)',
  'iso-8859-15': 'Western European with the euro sign',
  macintosh: 'Western European, old Macintosh',
  'windows-1250': 'Central European',
  'iso-8859-2': 'Central European (ISO)',
  'windows-1257': 'Baltic',
  'windows-1251': 'Cyrillic',
  'koi8-r': 'Russian (KOI8)',
  'koi8-u': 'Ukrainian (KOI8)',
  ibm866: 'Cyrillic (DOS)',
  'iso-8859-5': 'Cyrillic (ISO)',
  'windows-1253': 'Greek',
  'iso-8859-7': 'Greek (ISO)',
  'windows-1254': 'Turkish',
  'windows-1255': 'Hebrew',
  'iso-8859-8': 'Hebrew (ISO)',
  'windows-1256': 'Arabic',
  'iso-8859-6': 'Arabic (ISO)',
  'windows-1258': 'Vietnamese',
  'windows-874': 'Thai',
  shift_jis: 'Japanese (Shift JIS)',
  'euc-jp': 'Japanese (EUC)',
  gb18030: 'Chinese, simplified (also GBK, GB2312)',
  big5: 'Chinese, traditional',
  'euc-kr': 'Korean',
  'utf-16le': 'UTF-16, little endian',
  'utf-16be': 'UTF-16, big endian',
} as const
export type Encoding = keyof typeof encodings

/** How to read a file that is not UTF-8: not at all, with U+FFFD for what is wrong, without it, or by an encoding. */
export type DecodeMode = 'strict' | 'replace' | 'skip' | Encoding

/** The encoding of a name or a usual label: latin1, cp1252, sjis, GBK. */
export function encodingOf(label: string): Encoding | undefined {
  try {
    const { encoding } = new TextDecoder(label.replace(/^latin-(?=\d)/i, 'latin'))
    // GB 18030 contains it.
    const name = encoding === 'gbk' ? 'gb18030' : encoding
    return name in encodings ? (name as Encoding) : undefined
  } catch {
    return undefined
  }
}

/** The mode that a word means, or undefined. */
export const decodeModeOf = (word: string): DecodeMode | undefined =>
  word === 'strict' || word === 'replace' || word === 'skip' ? word : encodingOf(word)

export interface Dataset {
  id: string
  name: string
  builtin: boolean
  bytes: number
  characters: number
  lines: number
  /** What the file was read as; latin-1 in older records. */
  encoding: 'utf-8' | 'latin-1' | Encoding
  sha256: string
  licence: string
  about: string
  /** What a reader must know to judge text that a run generates from this one; often ''. */
  note: string
  createdAt: number
}

export interface DatasetDetail extends Dataset {
  /** The first 4,000 code points. */
  preview: string
  /** Distinct code points with counts, most frequent first, at most 1,000. */
  symbols: { symbol: string; count: number }[]
  distinct: number
  warnings: Warning[]
  /** What it looks like; missing for running text. */
  format?: TextFormat
}
