// The part of a language model's text that is inspected: what was held out, as running text or as labelled lines.
import { labelledLinesOf } from '../../data/lineLabels.ts'
import { prepareChunks, prepareText, wholeText, type Text } from '../../data/source.ts'
import { joinTokens, splitSymbols, tokensOf } from '../../data/tokens.ts'
import type { TextLine } from '../defineTask.ts'
import { bodyOf, countChars } from './corpus.ts'
import type { TextData } from './data.ts'

/** Number of symbols of the part at the end of a text that is shown: the validation part, or the whole text if nothing is held out. */
function inspectedPart(count: number, { validation }: TextData): number {
  const heldOut = Math.round(count * validation)
  return heldOut >= 2 ? heldOut : count
}

/**
 * The first lines of a labelled text's validation part (of the whole text if nothing is held out) with their labels, of at most `length`
 * symbols in all but at least one line. A line that begins in the training part and lines without a symbol are left out.
 */
export function readLabelledLines(text: Text, data: TextData, length: number): TextLine[] {
  // Only the lines that are given are cut into symbols and kept so: a text of many reviews has hundreds of millions.
  const read: { label: string | undefined; body: string; begin: number; symbols: number }[] = []
  let count = 0
  for (const { label, text: line, end } of labelledLinesOf(text)) {
    const body = prepareText(line, data)
    const symbols = symbolCount(body, data)
    if (symbols > 0) read.push({ label, body, begin: count, symbols })
    count += symbols + symbolsOfEnd(end, data)
  }
  const from = count - inspectedPart(count, data)
  const lines: TextLine[] = []
  let left = length
  for (const { label, body, begin, symbols } of read) {
    if (begin < from) continue
    left -= symbols
    if (left < 0 && lines.length > 0) break
    const source = tokensOf(body, data.unit, data.tokenizer)
    lines.push({ source, ...(label !== undefined && { label }) })
  }
  return lines
}

function symbolCount(body: string, { unit, tokenizer }: TextData): number {
  if (unit === 'word') return tokensOf(body, 'word', tokenizer).symbols.length
  let points = body.length
  for (let i = 1; i < body.length; i++) if (isPair(body.charCodeAt(i - 1), body.charCodeAt(i))) points--
  return points
}

const isPair = (high: number, low: number): boolean =>
  high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff

/** Number of symbols of a line break. */
function symbolsOfEnd(end: string, { unit, lineBreaks }: TextData): number {
  if (unit === 'char') return lineBreaks === 'space' ? 1 : end.length
  return splitSymbols(end, 'word').length
}

/**
 * Symbols offset .. offset + length of a text's validation part (of the whole text if nothing is held out) as preprocessed text, and the
 * number of symbols of that part.
 */
export function readExcerpt(
  text: Text,
  data: TextData,
  offset: number,
  length: number,
): { text: string; symbols: number } {
  if (data.unit === 'char') {
    const { count } = countChars(text, data)
    const symbols = inspectedPart(count, data)
    const from = count - symbols + offset
    return { text: readPoints(prepareChunks(bodyOf(text, data), data), from, length), symbols }
  }
  const tokens = tokensOf(prepareText(wholeText(bodyOf(text, data)), data), 'word', data.tokenizer)
  const words = tokens.symbols.length
  const symbols = inspectedPart(words, data)
  const from = words - symbols + offset
  return { text: joinTokens(tokens, from, from + length), symbols }
}

/** Code points from .. from + length; stops reading after them. */
function readPoints(chunks: Iterable<string>, from: number, length: number): string {
  let skip = from
  let left = length
  let out = ''
  for (const chunk of chunks) {
    let i = 0
    for (; skip > 0 && i < chunk.length; skip--) i += chunk.codePointAt(i)! > 0xffff ? 2 : 1
    const begin = i
    for (; left > 0 && i < chunk.length; left--) i += chunk.codePointAt(i)! > 0xffff ? 2 : 1
    out += chunk.slice(begin, i)
    if (left === 0) break
  }
  return out
}
