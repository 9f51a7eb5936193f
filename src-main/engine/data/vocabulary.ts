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

/**
 * All code points in code point order; or the `limit` - 1 most frequent words (ties by first appearance) behind `<unk>`.
 * Throws E_VOCAB_MAX over 65,536 code points.
 */
export function buildVocabulary(
  symbols: readonly string[],
  unit: 'char' | 'word',
  limit: number,
): Vocabulary {
  const counts = new Map<string, number>()
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  if (unit === 'char') {
    if (counts.size > maxSymbols) {
      throw new UnrollError(
        'E_VOCAB_MAX',
        `data.dataset: the text has ${counts.size} distinct characters; at most ${maxSymbols} are possible. Read it by words, or clean it.`,
        { path: 'data.unit' },
      )
    }
    return vocabularyOf(unit, [...counts.keys()].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)) // prettier-ignore
  }
  const all = [...counts.keys()]
  if (all.length <= limit) return vocabularyOf(unit, all)
  const kept = [...counts].sort((a, b) => b[1] - a[1]).slice(0, limit - 1).map(([word]) => word) // prettier-ignore
  return vocabularyOf(unit, [unknownWord, ...kept])
}

/** Ids of symbols; -1 for one that the vocabulary lacks and that it has no `<unk>` for. */
export function encodeSymbols(symbols: readonly string[], vocabulary: Vocabulary): Int32Array {
  const missing = vocabulary.unit === 'word' ? (vocabulary.ids.get(unknownWord) ?? -1) : -1
  return Int32Array.from(symbols, (symbol) => vocabulary.ids.get(symbol) ?? missing)
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
