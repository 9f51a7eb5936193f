// Detokenises generated symbols, such as sampled words, which have no original white space: spaces are inserted by rules.
import { isLineBreak } from './lineBreaks.ts'

/** No space before these: closing punctuation, percent, endings of contractions; no space on either side of -- — / */
const closing = /^(?:[.,;:!?)\]}’”%»›…]|\.{2,}|['’]\p{L}{1,2}|n['’]t|-{2,}|[—/])$/iu
const opening = /^(?:[([{‘“„‚«‹¿¡$£€#@]|-{2,}|[—/])$/u
/** The opening mark that a quotation mark closes: straight marks open and close in turn, “ ‘ close „ ‚. */
const closed: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '„', '‘': '‚' }
const opens = /^["'„‚]$/

/** A function that turns consecutive symbols into text, each with the space before it if there is one. */
export function symbolWriter(unit: 'char' | 'word'): (symbol: string) => string {
  if (unit === 'char') return (symbol) => symbol
  let before = ''
  /** Quotation marks opened since the last empty line. */
  const open = new Set<string>()
  return (symbol) => {
    const closes = open.delete(closed[symbol] ?? '')
    const opened = open.has(before)
    const isJoined =
      before === '' ||
      isLineBreak(before) ||
      isLineBreak(symbol) ||
      closes ||
      closing.test(symbol) ||
      opened ||
      opening.test(before)
    if (opens.test(symbol) && !closes) open.add(symbol)
    if (isLineBreak(symbol) && isLineBreak(before)) open.clear()
    before = symbol
    return isJoined ? symbol : ` ${symbol}`
  }
}

/** Joins generated symbols to running text. */
export const writeSymbols = (symbols: readonly string[], unit: 'char' | 'word'): string =>
  symbols.map(symbolWriter(unit)).join('')
