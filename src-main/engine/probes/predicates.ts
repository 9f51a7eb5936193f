// Predicates of text positions that can be computed from the text: 1 where the predicate holds after reading symbol t.
import type { Predicate } from '../../contract/inspect.ts'
import { isLineBreak } from '../data/lineBreaks.ts'
import { insideQuotes } from './quotes.ts'

const matchesToken = (test: RegExp) => (tokens: readonly string[]) =>
  Uint8Array.from(tokens, (token) => (test.test(token) ? 1 : 0))

const rules: Record<Predicate, (tokens: readonly string[], spaces: readonly string[]) => Uint8Array> = {
  quote: quotedTokens,
  bracket: insideBrackets,
  space: matchesToken(/^[^\S\r\n\u2028\u2029]$/u),
  vowel: matchesToken(/^[aeiou]$/i),
  capital: matchesToken(/^\p{Lu}/u),
  digit: matchesToken(/^\p{Nd}+$/u),
  newline: (tokens) => Uint8Array.from(tokens, (token) => (isLineBreak(token) ? 1 : 0)),
}

/** Labels of the tokens, 1 where the predicate holds; `spaces` is the white space before each token, none by default. */
export const predicateLabels = (
  predicate: Predicate,
  tokens: readonly string[],
  spaces: readonly string[] = [],
): Uint8Array => rules[predicate](tokens, spaces)

/** Detects quotations in the original text, white space included, since the characters around a mark decide whether it opens or closes. */
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

/** 1 from an opening parenthesis up to, not including, the matching closing one. */
function insideBrackets(tokens: readonly string[]): Uint8Array {
  let depth = 0
  return Uint8Array.from(tokens, (token) => {
    if (token === '(') depth++
    else if (token === ')') depth = Math.max(0, depth - 1)
    return depth > 0 ? 1 : 0
  })
}
