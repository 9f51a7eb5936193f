// Tokenises texts into Unicode code points, or into words, punctuation and line breaks with the white space before each, and joins them again.
import { lineBreak } from './lineBreaks.ts'

/** Version of the word tokenizer; runs keep the version that they started with. */
export type Tokenizer = 1 | 2

const letter = '[\\p{L}\\p{N}\\p{M}]'

const rules: Record<Tokenizer, RegExp> = {
  1: /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*|\r\n|\n|[^\s]/gu,
  2: new RegExp(
    [
      // <unk>, </s>, <br />
      `</?\\p{L}[\\p{L}\\p{N}_-]{0,30}(?: ?/)?>`,
      // U.S., e.g., and the most frequent titles and suffixes of names
      `(?:\\p{L}\\.){2,}`,
      `(?:mrs?|ms|dr|prof|st|jr|sr|vs|etc|inc|corp|co|ltd)\\.`,
      // don't, well-known, 3.14, 1,000, 10:30
      `${letter}+(?:(?:['’‑-]|(?<=\\p{N})[.,:](?=\\p{N}))${letter}+)*`,
      // endings of contractions in tokenised text: the company 's
      `['’](?:s|t|d|m|ll|re|ve|em)(?!${letter})`,
      lineBreak.source,
      `-{2,}|\\.{2,}|[^\\s]`,
    ].join('|'),
    'giu',
  ),
}

/** Symbols of a text with the white space between them. */
export interface Tokens {
  symbols: string[]
  /** White space before each symbol, unchanged. */
  spaces: string[]
}

/** The symbols of a text, without white space. */
export const splitSymbols = (text: string, unit: 'char' | 'word', tokenizer: Tokenizer = 2): string[] =>
  unit === 'char' ? Array.from(text) : (text.match(rules[tokenizer]) ?? [])

/** Symbols with the white space before each, from which joinTokens restores the text, except for white space at its end. */
export function tokensOf(text: string, unit: 'char' | 'word', tokenizer: Tokenizer = 2): Tokens {
  if (unit === 'char') {
    const symbols = Array.from(text)
    return { symbols, spaces: symbols.map(() => '') }
  }
  const symbols: string[] = []
  const spaces: string[] = []
  let end = 0
  for (const { 0: symbol, index } of text.matchAll(rules[tokenizer])) {
    symbols.push(symbol)
    spaces.push(text.slice(end, index))
    end = index + symbol.length
  }
  return { symbols, spaces }
}

/** The text of symbols from .. to, without the white space before symbol `from` unless `from` is 0. */
export const joinTokens = ({ symbols, spaces }: Tokens, from = 0, to = symbols.length): string =>
  symbols
    .slice(from, to)
    .map((symbol, i) => (i === 0 && from > 0 ? symbol : spaces[from + i]! + symbol))
    .join('')
