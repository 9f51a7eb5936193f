// Properties of lines, words and sentences: counts of symbols, letters, words and ends of sentences. Values hold after a symbol was read, so a line
// break, after which a line begins, has the counts of an empty line.
import { isLineBreak } from '../../data/lineBreaks.ts'
import type { ReadText } from './readText.ts'

const wordPart = /^[\p{L}\p{N}\p{M}]$/u
const blank = /^[^\S\r\n\u2028\u2029\u0085]$/u
const sentenceEnd = /^(?:[.?!…。！？]+)$/u

/** Letters, digits and combining marks of a symbol. */
const lettersOf = (symbol: string): number => {
  let count = 0
  for (const point of symbol) if (wordPart.test(point)) count++
  return count
}

export function column({ symbols }: ReadText): Float64Array {
  let count = 0
  return Float64Array.from(symbols, (symbol) => (count = isLineBreak(symbol) ? 0 : count + 1))
}

export function lineLength({ symbols, beginsLine }: ReadText): Float64Array {
  const lengths = new Float64Array(symbols.length)
  let length = 0
  for (let t = symbols.length - 1, last = t; t >= 0; t--) {
    if (!isLineBreak(symbols[t]!)) length++
    if (!beginsLine[t]) continue
    lengths.fill(length, t, last + 1)
    last = t - 1
    length = 0
  }
  return lengths
}

export function indent({ symbols, spaces }: ReadText): Float64Array {
  let width = 0
  let isLeading = true
  return Float64Array.from(symbols, (symbol, t) => {
    if (isLineBreak(symbol)) {
      isLeading = true
      return (width = 0)
    }
    if (isLeading) width += (spaces[t] ?? '').length
    if (isLeading && blank.test(symbol)) width++
    else isLeading = false
    return width
  })
}

/** Whether symbol t goes on with the word of the symbol before; words of a run on words stand for themselves. */
const goesOn = ({ symbols, spaces, words }: ReadText, t: number): boolean =>
  !words && t > 0 && !spaces[t] && wordPart.test(symbols[t - 1]!) && wordPart.test(symbols[t]!)

export function wordPosition(text: ReadText): Float64Array {
  let letters = 0
  return Float64Array.from(text.symbols, (symbol, t) => {
    const own = lettersOf(symbol)
    return (letters = goesOn(text, t) ? letters + own : own)
  })
}

export function wordLength(text: ReadText): Float64Array {
  const lengths = wordPosition(text)
  for (let t = lengths.length - 2; t >= 0; t--) if (goesOn(text, t + 1)) lengths[t] = lengths[t + 1]!
  return lengths
}

/** A count that starts anew at each line break if `since` is "line". */
function countSince(text: ReadText, since: string, counts: (t: number) => boolean): Float64Array {
  let count = 0
  return Float64Array.from(text.symbols, (_, t) => {
    if (since === 'line' && isLineBreak(text.symbols[t]!)) count = 0
    return counts(t) ? ++count : count
  })
}

export const wordCount = (text: ReadText, since: string): Float64Array =>
  countSince(text, since, (t) => lettersOf(text.symbols[t]!) > 0 && !goesOn(text, t))

export const sentenceCount = (text: ReadText, since: string): Float64Array =>
  countSince(
    text,
    since,
    (t) => sentenceEnd.test(text.symbols[t]!) && !(t > 0 && sentenceEnd.test(text.symbols[t - 1]!)),
  )
