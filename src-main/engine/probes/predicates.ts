// Properties of text positions with a known answer: 1 where the property holds after reading symbol t.
import type { Predicate } from '../../contract/inspect.ts'

const here = (test: RegExp) => (tokens: readonly string[]) =>
  Uint8Array.from(tokens, (token) => (test.test(token) ? 1 : 0))

const rules: Record<Predicate, (tokens: readonly string[]) => Uint8Array> = {
  quote: insideQuotes,
  bracket: insideBrackets,
  space: here(/^[^\S\r\n]$/u),
  vowel: here(/^[aeiou]$/i),
  capital: here(/^\p{Lu}/u),
  digit: here(/^\p{Nd}+$/u),
  newline: here(/^(\r\n|[\r\n])$/),
}

export const holds = (predicate: Predicate, tokens: readonly string[]): Uint8Array => rules[predicate](tokens)

/** From the opening mark to before the closing one. A straight mark turns it over; an empty line ends a forgotten quotation. */
function insideQuotes(tokens: readonly string[]): Uint8Array {
  let inside = 0
  return Uint8Array.from(tokens, (token, t) => {
    if (token === '"') inside = 1 - inside
    else if (token === '“') inside = 1
    else if (token === '”') inside = 0
    else if (token === '\n' && tokens[t - 1] === '\n') inside = 0
    return inside
  })
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
