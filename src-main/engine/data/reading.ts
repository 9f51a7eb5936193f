// Tokenises and encodes texts of a run: lines of its data, typed text for inspection, and prompts, all with the same preprocessing.
import { least } from '../../contract/longLists.ts'
import { lineBreak } from './lineBreaks.ts'
import { prepareText } from './source.ts'
import { splitSymbols, tokensOf, type Tokenizer, type Tokens } from './tokens.ts'
import { encodeWords, unknownId, type Vocabulary } from './vocabulary.ts'

/** Options of preprocessing and tokenisation. */
export interface Reading {
  unit: 'char' | 'word'
  tokenizer: Tokenizer
  lowercase: boolean
  lineBreaks: 'keep' | 'space'
  /** Words are split on white space only, as in tagged lines. */
  splitsOnSpaces: boolean
}

/** Characters without preprocessing. */
export const plainReading: Reading = {
  unit: 'char',
  tokenizer: 2,
  lowercase: false,
  lineBreaks: 'keep',
  splitsOnSpaces: false,
}

/** Symbols of a line or a typed text; lower-cased before tokenisation (tokenizer 1: after). */
export function tokenize(text: string, reading: Reading): Tokens {
  const { unit, tokenizer, lowercase, splitsOnSpaces } = reading
  const early = lowercase && tokenizer > 1
  const prepared = prepare(text, { lineBreaks: reading.lineBreaks, lowercase: early })
  const tokens = splitsOnSpaces ? splitOnSpaces(prepared) : tokensOf(prepared, unit, tokenizer)
  return lowercase && !early ? { ...tokens, symbols: tokens.symbols.map((s) => s.toLowerCase()) } : tokens
}

/** Preprocesses as for a whole text, but keeps white space at both ends, since a prompt may end with a space. */
function prepare(text: string, how: Pick<Reading, 'lineBreaks' | 'lowercase'>): string {
  if (how.lineBreaks === 'keep') return prepareText(text, how)
  const inner = prepareText(text, how)
  const blanks = /^[^\S\r\n\u2028\u2029]*|[^\S\r\n\u2028\u2029]*$/g
  const [before = '', after = ''] = text.match(blanks) ?? []
  return inner === '' ? before : before + inner + after
}

function splitOnSpaces(text: string): Tokens {
  const symbols: string[] = []
  const spaces: string[] = []
  for (const [, space, symbol] of text.matchAll(/(\s*)(\S+)/g)) {
    symbols.push(symbol!)
    spaces.push(space!)
  }
  return { symbols, spaces }
}

/** Symbols of a text with their ids. */
export interface EncodedText extends Tokens {
  /** -1 for a symbol that is not in the vocabulary, if the vocabulary has no unknown word. */
  ids: Int32Array
}

const lineBreakSymbols = ['\n', '\r\n', '\r', '\u2028', '\u2029', '\u0085']
const knows = ({ ids, unit }: Vocabulary, symbol: string) =>
  unit === 'word' ? ids.has(symbol) : Array.from(symbol).every((point) => ids.has(point))

/** The line break that a vocabulary contains; undefined if it has none. */
export const ownLineBreak = (vocabulary: Vocabulary): string | undefined =>
  lineBreakSymbols.find((end) => knows(vocabulary, end))

/** Encodes a typed text, with the vocabulary's own line break and the Unicode normal form that has the fewest unknown symbols. */
export function encodeText(text: string, vocabulary: Vocabulary): EncodedText {
  const own = ownLineBreak(vocabulary)
  const withOwnBreaks = text.replace(new RegExp(lineBreak, 'g'), (end) =>
    own === undefined || knows(vocabulary, end) ? end : own,
  )
  const unknown = unknownId(vocabulary)
  const forms = [...new Set([withOwnBreaks, withOwnBreaks.normalize('NFC'), withOwnBreaks.normalize('NFD')])]
  const read = forms.map((form) => encodeForm(form, vocabulary))
  const unknownCounts = read.map(({ ids }) =>
    ids.reduce((n, id) => n + (id < 0 || id === unknown ? 1 : 0), 0),
  )
  return read[unknownCounts.indexOf(least(unknownCounts))]!
}

function encodeForm(text: string, vocabulary: Vocabulary): EncodedText {
  const { reading = { ...plainReading, unit: vocabulary.unit } } = vocabulary
  const tokens = tokenize(text, reading)
  const known = reading.splitsOnSpaces ? splitUnknown(tokens, vocabulary) : tokens
  return { ...known, ids: encodeWords(known.symbols, vocabulary) }
}

/** Splits unknown words into words and punctuation, since typed text is not tokenised like tagged lines. */
function splitUnknown({ symbols, spaces }: Tokens, { ids }: Vocabulary): Tokens {
  const cut = symbols.map((symbol) => (ids.has(symbol) ? [symbol] : splitSymbols(symbol, 'word')))
  return {
    symbols: cut.flat(),
    spaces: cut.flatMap((parts, i) => parts.map((_, k) => (k === 0 ? spaces[i]! : ''))),
  }
}
