// Text <-> symbol ids. Symbols are Unicode code points or words and marks; their order is fixed by the text alone.
import type { TextData } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'

export const maxSymbols = 65_536
/** Stands for all words that are not in the vocabulary. */
export const unknownWord = '<unk>'

export interface Vocabulary {
  unit: 'char' | 'word'
  symbols: string[]
  ids: Map<string, number>
}

/** Joins lines and folds capitals as configured, before anything is counted. */
export function prepareText(text: string, data: Pick<TextData, 'lineBreaks' | 'lowercase'>): string {
  const folded = data.lowercase ? text.toLowerCase() : text
  if (data.lineBreaks === 'keep') return folded
  return folded
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}

/** Code points, or words (letters, digits, inner apostrophes and hyphens), single marks and line breaks. */
export const splitSymbols = (text: string, unit: 'char' | 'word'): string[] =>
  unit === 'char'
    ? Array.from(text)
    : (text.match(/[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*|\r\n|\n|[^\s]/gu) ?? [])

export const vocabularyOf = (unit: 'char' | 'word', symbols: string[]): Vocabulary => ({
  unit,
  symbols,
  ids: new Map(symbols.map((symbol, id) => [symbol, id])),
})

/** The `limit` - 1 most frequent words (ties by first appearance) behind `<unk>`; all of them when they are not more. */
export function wordVocabulary(words: readonly string[], limit: number): Vocabulary {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  if (counts.size <= limit) return vocabularyOf('word', [...counts.keys()])
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, limit - 1)
  return vocabularyOf('word', [unknownWord, ...kept.map(([word]) => word)])
}

/** Ids of words; -1 for one that the vocabulary lacks and that it has no `<unk>` for. */
export function encodeWords(words: readonly string[], { ids }: Vocabulary): Int32Array {
  const missing = ids.get(unknownWord) ?? -1
  return Int32Array.from(words, (word) => ids.get(word) ?? missing)
}

const codePoints = 0x110000

/** Every code point of a text, one number each. */
export function readCodePoints(text: string): Int32Array {
  const all = new Int32Array(text.length)
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!
    if (point > 0xffff) i++
    all[n++] = point
  }
  return all.subarray(0, n)
}

/** All code points that occur, in their order. Throws E_VOCAB_MAX over 65,536. */
export function charVocabulary(points: Int32Array): Vocabulary {
  const seen = new Uint8Array(codePoints)
  for (let i = 0; i < points.length; i++) seen[points[i]!] = 1
  const symbols: string[] = []
  for (let point = 0; point < codePoints; point++) if (seen[point]) symbols.push(String.fromCodePoint(point))
  if (symbols.length > maxSymbols) {
    throw new UnrollError(
      'E_VOCAB_MAX',
      `data.dataset: the text has ${symbols.length} distinct characters; at most ${maxSymbols} are possible. Read it by words, or clean it.`,
      { path: 'data.unit' },
    )
  }
  return vocabularyOf('char', symbols)
}

/** Code points -> ids in place; -1 for one that the vocabulary lacks. */
export function encodePoints(points: Int32Array, vocabulary: Vocabulary): Int32Array {
  const idOf = new Int32Array(codePoints).fill(-1)
  vocabulary.symbols.forEach((symbol, id) => (idOf[symbol.codePointAt(0)!] = id))
  for (let i = 0; i < points.length; i++) points[i] = idOf[points[i]!]!
  return points
}

/** Whether running text has a space between two word symbols. */
const glued = (before: string, symbol: string): boolean =>
  before === '' ||
  before === '\n' ||
  symbol === '\n' ||
  /^[.,;:!?)\]}’”%]$/.test(symbol) ||
  /^[([{‘“]$/.test(before)

/** How a symbol is written behind the one before it: characters as they are, words with their space. */
export const writeSymbol = (before: string, symbol: string, unit: 'char' | 'word'): string =>
  unit === 'char' || glued(before, symbol) ? symbol : ` ${symbol}`
