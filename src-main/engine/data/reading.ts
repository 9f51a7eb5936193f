// How a text of a run becomes symbols: the one preparation for its lines, for what is typed to look at, and for prompts.
import { least } from '../../contract/longLists.ts'
import { lineBreak } from './lineBreaks.ts'
import { prepareText } from './source.ts'
import { splitSymbols, tokensOf, type Tokenizer, type Tokens } from './tokens.ts'
import { encodeWords, unknownId, type Vocabulary } from './vocabulary.ts'

export interface Reading {
  unit: 'char' | 'word'
  tokenizer: Tokenizer
  lowercase: boolean
  lineBreaks: 'keep' | 'space'
  /** Words stand apart by white space alone, as in tagged lines. */
  apart: boolean
}

export const plainReading: Reading = {
  unit: 'char',
  tokenizer: 2,
  lowercase: false,
  lineBreaks: 'keep',
  apart: false,
}

/** Symbols of a line or a typed text, capitals folded before it is cut (by tokenizer 1: after). */
export function readTokens(text: string, reading: Reading): Tokens {
  const { unit, tokenizer, lowercase, apart } = reading
  const early = lowercase && tokenizer > 1
  const prepared = prepare(text, { lineBreaks: reading.lineBreaks, lowercase: early })
  const tokens = apart ? piecesOf(prepared) : tokensOf(prepared, unit, tokenizer)
  return lowercase && !early ? { ...tokens, symbols: tokens.symbols.map((s) => s.toLowerCase()) } : tokens
}

/** As a whole text is prepared, but blanks at either end stay: a prompt may end in one. */
function prepare(text: string, how: Pick<Reading, 'lineBreaks' | 'lowercase'>): string {
  if (how.lineBreaks === 'keep') return prepareText(text, how)
  const inner = prepareText(text, how)
  const blanks = /^[^\S\r\n\u2028\u2029]*|[^\S\r\n\u2028\u2029]*$/g
  const [before = '', after = ''] = text.match(blanks) ?? []
  return inner === '' ? before : before + inner + after
}

function piecesOf(text: string): Tokens {
  const symbols: string[] = []
  const spaces: string[] = []
  for (const [, space, symbol] of text.matchAll(/(\s*)(\S+)/g)) {
    symbols.push(symbol!)
    spaces.push(space!)
  }
  return { symbols, spaces }
}

export interface Typed extends Tokens {
  /** -1 for a symbol that the vocabulary neither has nor has an unknown one for. */
  ids: Int32Array
}

const ends = ['\n', '\r\n', '\r', '\u2028', '\u2029', '\u0085']
const knows = ({ ids, unit }: Vocabulary, symbol: string) =>
  unit === 'word' ? ids.has(symbol) : Array.from(symbol).every((point) => ids.has(point))

/** The line break of a vocabulary, if it has one. */
export const ownLineBreak = (vocabulary: Vocabulary): string | undefined =>
  ends.find((end) => knows(vocabulary, end))

/** Symbols of a typed text: line breaks as the vocabulary has them, in the normal form that it knows best. */
export function readTyped(text: string, vocabulary: Vocabulary): Typed {
  const own = ownLineBreak(vocabulary)
  const broken = text.replace(new RegExp(lineBreak, 'g'), (end) =>
    own === undefined || knows(vocabulary, end) ? end : own,
  )
  const unknown = unknownId(vocabulary)
  const forms = [...new Set([broken, broken.normalize('NFC'), broken.normalize('NFD')])]
  const read = forms.map((form) => encode(form, vocabulary))
  const strange = read.map(({ ids }) => ids.reduce((n, id) => n + (id < 0 || id === unknown ? 1 : 0), 0))
  return read[strange.indexOf(least(strange))]!
}

function encode(text: string, vocabulary: Vocabulary): Typed {
  const { reading = { ...plainReading, unit: vocabulary.unit } } = vocabulary
  const tokens = readTokens(text, reading)
  const known = reading.apart ? cutUnknown(tokens, vocabulary) : tokens
  return { ...known, ids: encodeWords(known.symbols, vocabulary) }
}

/** Pieces that are no word of a tagged text are cut into words and marks: a text may be typed as usual. */
function cutUnknown({ symbols, spaces }: Tokens, { ids }: Vocabulary): Tokens {
  const cut = symbols.map((symbol) => (ids.has(symbol) ? [symbol] : splitSymbols(symbol, 'word')))
  return {
    symbols: cut.flat(),
    spaces: cut.flatMap((parts, i) => parts.map((_, k) => (k === 0 ? spaces[i]! : ''))),
  }
}
