// Positions inside quotations or between brackets, and which symbols open and close them, for texts of characters or words.
import { insideQuotes } from './predicates/quotes.ts'

const quoteMarks = /^["“”„«»‹›'‘’‚]$/u
const bracketPairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

/** 1 for every token inside a quotation, from the opening mark up to, not including, the closing one. */
export function quotedTokens(tokens: readonly string[], spaces: readonly string[]): Uint8Array {
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

/** 1 for every token between an opening bracket and its closing one, the opening one included. */
export function bracketed(tokens: readonly string[], open: string): Uint8Array {
  let depth = 0
  return Uint8Array.from(tokens, (token) => {
    if (token === open) depth++
    else if (token === bracketPairs[open]) depth = Math.max(0, depth - 1)
    return depth > 0 ? 1 : 0
  })
}

/** The opening bracket of a pair of which `symbol` is either; undefined if it is no bracket. */
export const openingBracket = (symbol: string): string | undefined =>
  Object.entries(bracketPairs).find((pair) => pair.includes(symbol))?.[0]

/** Per token: whether a quotation mark opens or closes; undefined for other symbols, and for marks with one role in this text. */
export function quoteRoles(
  tokens: readonly string[],
  quoted: Uint8Array,
): ('opening' | 'closing' | undefined)[] {
  const roles = tokens.map((token, t) => {
    const before = t > 0 ? quoted[t - 1] : 0
    if (!quoteMarks.test(token) || before === quoted[t]) return undefined
    return quoted[t] ? ('opening' as const) : ('closing' as const)
  })
  const played = new Map<string, Set<string>>()
  tokens.forEach((token, t) => {
    const role = roles[t]
    if (role) played.set(token, (played.get(token) ?? new Set()).add(role))
  })
  return roles.map((role, t) => (played.get(tokens[t]!)?.size === 2 ? role : undefined))
}
