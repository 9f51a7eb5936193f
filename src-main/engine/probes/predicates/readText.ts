// The text that predicates are evaluated on: symbols with the white space between them, and what the lines of the data say of them.
import { isLineBreak } from '../../data/lineBreaks.ts'

/** Symbols that a network read from a zero state. */
export interface SymbolSequence {
  symbols: readonly string[]
  /** White space before each symbol; empty if symbols are characters. */
  spaces: readonly string[]
  /** Whether symbols are words. */
  words: boolean
  /** Class of the line, for labelled lines. */
  label?: string | undefined
  /** Tag of each symbol, for tagged lines. */
  tags?: readonly string[] | undefined
  /** All labels or tags of the lines that are read, for "did you mean". */
  labels?: readonly string[] | undefined
}

/** A sequence with its text. */
export interface ReadText extends SymbolSequence {
  /** Symbols and white space, joined. */
  whole: string
  /** Offset in `whole` (UTF-16) at which each symbol begins. T entries. */
  begins: Int32Array
  /** 1 for the first symbol of a line. T entries. */
  beginsLine: Uint8Array
}

export function readText(sequence: SymbolSequence): ReadText {
  const { symbols, spaces } = sequence
  const begins = new Int32Array(symbols.length)
  const beginsLine = new Uint8Array(symbols.length)
  const parts: string[] = []
  let at = 0
  symbols.forEach((symbol, t) => {
    const space = spaces[t] ?? ''
    begins[t] = at + space.length
    at = begins[t]! + symbol.length
    parts.push(space, symbol)
    const before = symbols[t - 1]
    beginsLine[t] =
      before === undefined || (isLineBreak(before) && !(before === '\r' && symbol === '\n')) ? 1 : 0
  })
  return { ...sequence, whole: parts.join(''), begins, beginsLine }
}
