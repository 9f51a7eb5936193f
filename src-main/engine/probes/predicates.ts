// Properties of text positions with a known answer: 1 where the property holds after reading symbol t.
import type { Predicate } from '../../contract/inspect.ts'
import { isLineBreak } from '../data/lineBreaks.ts'
import { insideQuotes } from './quotes.ts'

const here = (test: RegExp) => (tokens: readonly string[]) =>
  Uint8Array.from(tokens, (token) => (test.test(token) ? 1 : 0))

const rules: Record<Predicate, (tokens: readonly string[]) => Uint8Array> = {
  quote: insideQuotes,
  bracket: insideBrackets,
  space: here(/^[^\S\r\n\u2028\u2029]$/u),
  vowel: here(/^[aeiou]$/i),
  capital: here(/^\p{Lu}/u),
  digit: here(/^\p{Nd}+$/u),
  newline: (tokens) => Uint8Array.from(tokens, (token) => (isLineBreak(token) ? 1 : 0)),
}

export const holds = (predicate: Predicate, tokens: readonly string[]): Uint8Array => rules[predicate](tokens)

/** From an opening round bracket to before its closing one, nested ones included. */
function insideBrackets(tokens: readonly string[]): Uint8Array {
  let depth = 0
  return Uint8Array.from(tokens, (token) => {
    if (token === '(') depth++
    else if (token === ')') depth = Math.max(0, depth - 1)
    return depth > 0 ? 1 : 0
  })
}
