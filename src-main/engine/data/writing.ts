// Symbols that no text stood behind, such as sampled words, as running text: the spaces are put by rule.
import { isLineBreak } from './lineBreaks.ts'

/** No space before these: closing marks, percent, ends of contractions; and none on either side of -- — / */
const closing = /^(?:[.,;:!?)\]}’”%»›…]|\.{2,}|['’]\p{L}{1,2}|n['’]t|-{2,}|[—/])$/iu
const opening = /^(?:[([{‘“„‚«‹¿¡$£€#@]|-{2,}|[—/])$/u
/** What a mark closes if that is open: straight marks open and close in turn, and “ ‘ close what „ ‚ opened. */
const closed: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '„', '‘': '‚' }
const opens = /^["'„‚]$/

/** Writes one symbol after the other: what stands for each, with the space before it. */
export function symbolWriter(unit: 'char' | 'word'): (symbol: string) => string {
  if (unit === 'char') return (symbol) => symbol
  let before = ''
  /** Such marks that are open since the last empty line. */
  const open = new Set<string>()
  return (symbol) => {
    const closes = open.delete(closed[symbol] ?? '')
    const opened = open.has(before)
    const glued = before === '' || isLineBreak(before) || isLineBreak(symbol) || closes || closing.test(symbol) || opened || opening.test(before) // prettier-ignore
    if (opens.test(symbol) && !closes) open.add(symbol)
    if (isLineBreak(symbol) && isLineBreak(before)) open.clear()
    before = symbol
    return glued ? symbol : ` ${symbol}`
  }
}

/** Symbols as running text. */
export const writeSymbols = (symbols: readonly string[], unit: 'char' | 'word'): string =>
  symbols.map(symbolWriter(unit)).join('')
