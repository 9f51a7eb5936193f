// Breaks symbols into lines of monospace text for the virtual list and gives the position of each symbol. Pure; positions are columns, and
// lines with glyphs of unknown width are measured by the caller. Invisible characters are replaced by visible ones.

export interface Lines {
  /** Line i holds symbols starts[i] .. starts[i + 1] (exclusive); count + 1 entries. */
  starts: Uint32Array
  count: number
  /** Whether symbols are words, set with a space between them. */
  words: boolean
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u
const plain =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u017f\u0391-\u03c9\u0410-\u044f\u2018-\u201d\u2013\u2014\u2190\u2192\u2400-\u2421\u2026]*$/
/** Control, bidirectional and zero-width characters, which could hide or reorder text. */
const invisible = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu

/** Line breaks, of which words come with both characters of a Windows one. Of characters CR ends a line only where no LF follows. */
export const isLineEnd = (token: string): boolean => /^(?:\r?\n|[\u0085\u2028\u2029])$/.test(token)

/** A symbol as displayed in its line: a line end as nothing (paintLines draws it), invisible characters as control pictures or a lozenge. */
export function displayText(token: string): string {
  if (isLineEnd(token)) return ''
  return token.replace(invisible, (mark) => {
    const code = mark.codePointAt(0)!
    if (code === 9) return '\u2192'
    if (code < 32) return String.fromCharCode(0x2400 + code)
    return code === 127 ? '\u2421' : '\u25ca'
  })
}

/** A symbol as displayed in tables and tooltips, where spaces and line ends are visible too. */
export function symbolName(token: string): string {
  if (token === ' ') return '\u2423'
  if (isLineEnd(token)) return '\u21b5'
  return displayText(token)
}

/** Whether every glyph is exactly one column wide. */
export const isPlain = (text: string): boolean => plain.test(text)

/** Columns that a symbol takes in monospace type: 2 for wide scripts, 0 for combining marks. */
export function columnsOf(token: string): number {
  const text = displayText(token)
  if (isPlain(text)) return text.length
  let columns = 0
  for (const glyph of text) columns += /\p{M}/u.test(glyph) ? 0 : wide.test(glyph) ? 2 : 1
  return columns
}

/** Whether the symbols are words: one of them has more than one character and is no line end. */
export const areWords = (tokens: readonly string[]): boolean =>
  tokens.some((t) => t.length > 2 || (t.length === 2 && [...t].length > 1 && !isLineEnd(t)))

/** Breaks after line ends, else at the last space that fits, else at the last column. Every symbol is in exactly one line. */
export function layoutLines(tokens: readonly string[], maxColumns: number, words = areWords(tokens)): Lines {
  const width = Math.max(8, maxColumns)
  const starts = [0]
  let begin = 0
  let used = 0
  let lastBlank = -1
  const known = new Map<string, number>()
  const measure = (token: string) => {
    let columns = known.get(token)
    if (columns === undefined) known.set(token, (columns = columnsOf(token) + (words ? 1 : 0)))
    return columns
  }
  for (let t = 0; t < tokens.length; t++) {
    const token = tokens[t]!
    const columns = measure(token)
    if (used + columns > width && t > begin) {
      const cut = !words && lastBlank >= begin && token !== ' ' ? lastBlank + 1 : t
      starts.push(cut)
      begin = cut
      used = 0
      for (let i = cut; i < t; i++) used += measure(tokens[i]!)
      lastBlank = -1
    }
    used += columns
    if (token === ' ') lastBlank = t
    const ends = isLineEnd(token) || (token === '\r' && tokens[t + 1] !== '\n')
    if (ends && t + 1 < tokens.length) {
      starts.push(t + 1)
      begin = t + 1
      used = 0
      lastBlank = -1
    }
  }
  if (tokens.length > 0) starts.push(tokens.length)
  return { starts: Uint32Array.from(starts), count: starts.length - 1, words }
}

/** Displayed texts of one line, one per symbol. */
export function piecesOf(tokens: readonly string[], lines: Lines, line: number): string[] {
  const pieces: string[] = []
  for (let t = lines.starts[line]!; t < lines.starts[line + 1]!; t++)
    pieces.push(displayText(tokens[t]!) + (lines.words ? ' ' : ''))
  return pieces
}

/** Left edges of the pieces and the right edge of the last (n + 1), by `measure` (pixels of a string) if a glyph's width is not known. */
export function edgesOf(
  pieces: readonly string[],
  columnWidth: number,
  measure: (text: string) => number,
): Float64Array {
  const edges = new Float64Array(pieces.length + 1)
  const simple = pieces.every(isPlain)
  let text = ''
  for (let i = 0; i < pieces.length; i++) {
    text += pieces[i]!
    edges[i + 1] = simple ? text.length * columnWidth : measure(text)
  }
  return edges
}

/** The line that holds symbol t. */
export function lineOf(lines: Lines, t: number): number {
  let low = 0
  let high = lines.count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (lines.starts[middle]! <= t) low = middle
    else high = middle - 1
  }
  return low
}

/** The symbol of a line whose piece covers x, or the last one right of the text. */
export function symbolAt(edges: Float64Array, x: number): number {
  const count = edges.length - 1
  for (let i = 0; i < count; i++) if (x < edges[i + 1]!) return i
  return Math.max(0, count - 1)
}
