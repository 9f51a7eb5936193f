// Classes of symbols by which losses are told apart: letters, digits, white space, line breaks, and every frequent mark by itself.
import { isLineBreak } from '../data/lineBreaks.ts'

/** A mark has a class of its own if it occurs as often as this. */
const frequent = 5
const maxMarks = 16

/** The class of each symbol as an index into `names`. */
export interface SymbolClasses {
  names: string[]
  of: Uint8Array
}

function plainClass(symbol: string): string | undefined {
  if (isLineBreak(symbol)) return 'line break'
  if (/^\s+$/u.test(symbol)) return 'white space'
  if (/^\p{Nd}/u.test(symbol)) return 'digits'
  return /^[\p{L}\p{M}]/u.test(symbol) ? 'letters' : undefined
}

export function symbolClasses(symbols: readonly string[]): SymbolClasses {
  const counts = new Map<string, number>()
  for (const symbol of symbols)
    if (plainClass(symbol) === undefined) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  const marks = [...counts]
    .filter(([, count]) => count >= frequent)
    .sort(([, a], [, b]) => b - a)
    .slice(0, maxMarks)
    .map(([mark]) => mark)
  const names = ['letters', 'white space', ...marks, 'digits', 'line break', 'other marks']
  const index = new Map(names.map((name, i) => [name, i]))
  const other = names.length - 1
  return {
    names,
    of: Uint8Array.from(symbols, (symbol) => index.get(plainClass(symbol) ?? symbol) ?? other),
  }
}
