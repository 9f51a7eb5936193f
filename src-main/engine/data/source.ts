// Texts that may be longer than the longest string: chunks that can be read repeatedly. Preprocessing works chunk by chunk, and its result
// does not depend on the chunk borders.

/** A text in chunks; every call of `chunks` yields the same text from its beginning. */
export interface TextSource {
  chunks(): Iterable<string>
}
/** A text: a string if it is short, otherwise a source of chunks. */
export type Text = string | TextSource

interface Preparation {
  lineBreaks: 'keep' | 'space'
  lowercase: boolean
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** The chunks of a text; none is empty, none ends within a surrogate pair. */
export function* chunksOf(text: Text): Generator<string, void, void> {
  let rest = ''
  for (const piece of typeof text === 'string' ? [text] : text.chunks()) {
    const chunk = rest + piece
    const cut = isHighSurrogate(chunk.charCodeAt(chunk.length - 1)) ? chunk.length - 1 : chunk.length
    rest = chunk.slice(cut)
    if (cut > 0) yield cut === chunk.length ? chunk : chunk.slice(0, cut)
  }
  if (rest) yield rest
}

/** The whole text as one string; throws RangeError if it is longer than the longest string. */
export const wholeText = (text: Text): string =>
  typeof text === 'string' ? text : [...chunksOf(text)].join('')

/** Safe split points: lower-casing after such a character is context-free. Only the final sigma depends on its context. */
const contextFree = /[^\p{Cased}\p{Case_Ignorable}]/u
/** A longer word, in UTF-16 units, is lower-cased in parts. */
const maxWordLength = 1 << 16

/** Index of the last word of `chunk`: lower-casing the text before it does not depend on the next chunk. */
function safeSplitPoint(chunk: string): number {
  const least = Math.max(0, chunk.length - maxWordLength)
  for (let i = chunk.length; i > least; i--) {
    const unit = chunk.charCodeAt(i - 1)
    const low = unit >= 0xdc00 && unit <= 0xdfff && i > 1
    const point = low ? chunk.slice(i - 2, i) : chunk[i - 1]!
    if (contextFree.test(point)) return i
    if (low) i--
  }
  return least === 0 ? 0 : chunk.length
}

function* lowercased(chunks: Iterable<string>): Generator<string, void, void> {
  let rest = ''
  for (const piece of chunks) {
    const chunk = rest + piece
    const cut = safeSplitPoint(chunk)
    rest = chunk.slice(cut)
    if (cut > 0) yield chunk.slice(0, cut).toLowerCase()
  }
  if (rest) yield rest.toLowerCase()
}

/** Joins trimmed, non-empty lines with one space. */
function* joinedLines(chunks: Iterable<string>): Generator<string, void, void> {
  let begun = false
  let inLine = false
  /** White space at the end of the line so far, emitted only if the line continues. */
  let trailingSpace = ''
  for (const chunk of chunks) {
    const out: string[] = []
    chunk.split(/[\r\n\u2028\u2029]/).forEach((part, i) => {
      if (i > 0) {
        inLine = false
        trailingSpace = ''
      }
      const body = part.trim()
      if (body === '') {
        if (inLine) trailingSpace += part
        return
      }
      const from = part.length - part.trimStart().length
      if (inLine) out.push(trailingSpace, part.slice(0, from))
      else if (begun) out.push(' ')
      out.push(body)
      trailingSpace = part.slice(from + body.length)
      begun = inLine = true
    })
    if (out.length) yield out.join('')
  }
}

/** Lower-cases a text and joins its lines, as configured; chunk by chunk. */
export function prepareChunks(text: Text, { lineBreaks, lowercase }: Preparation): Iterable<string> {
  const chunks = chunksOf(text)
  const small = lowercase ? lowercased(chunks) : chunks
  return lineBreaks === 'keep' ? small : joinedLines(small)
}

/** As prepareChunks, for a string. */
export const prepareText = (text: string, preparation: Preparation): string =>
  [...prepareChunks(text, preparation)].join('')
