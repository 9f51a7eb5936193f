// Properties of text positions with a known answer: 1 where the property holds after reading symbol t.
import type { Predicate } from '../../contract/inspect.ts'
import { isLineBreak } from '../data/lineBreaks.ts'
import { insideQuotes } from './quotes.ts'

const here = (test: RegExp) => (tokens: readonly string[]) =>
  Uint8Array.from(tokens, (token) => (test.test(token) ? 1 : 0))

const rules: Record<Predicate, (tokens: readonly string[], spaces: readonly string[]) => Uint8Array> = {
  quote: quotedTokens,
  bracket: insideBrackets,
  space: here(/^[^\S\r\n\u2028\u2029]$/u),
  vowel: here(/^[aeiou]$/i),
  capital: here(/^\p{Lu}/u),
  digit: here(/^\p{Nd}+$/u),
  newline: (tokens) => Uint8Array.from(tokens, (token) => (isLineBreak(token) ? 1 : 0)),
}

/** `spaces`: white space before each token, none by default. */
export const holds = (
  predicate: Predicate,
  tokens: readonly string[],
  spaces: readonly string[] = [],
): Uint8Array => rules[predicate](tokens, spaces)

/** Quotations are found in the text as it was: what stands around a mark decides. */
function quotedTokens(tokens: readonly string[], spaces: readonly string[]): Uint8Array {
  const text: string[] = []
  const begins = tokens.map((token, t) => {
    for (const point of spaces[t] ?? '') text.push(point)
    const begin = text.length
    for (const point of token) text.push(point)
    return begin
  })
  const inside = insideQuotes(text)
  return Uint8Array.from(begins, (at) => inside[at]!)
}

/** From an opening round bracket to before its closing one, nested ones included. */
function insideBrackets(tokens: readonly string[]): Uint8Array {
  let depth = 0
  return Uint8Array.from(tokens, (token) => {
    if (token === '(') depth++
    else if (token === ')') depth = Math.max(0, depth - 1)
    return depth > 0 ? 1 : 0
  })
}
