// A text that may be longer than a string can be: pieces that can be read again and again. Preparing works piece by piece, and where
// the borders lie makes no difference to the outcome.

/** A text in pieces, from the beginning at each call of `chunks`; every call gives the same text. */
export interface TextSource {
  chunks(): Iterable<string>
}
/** Short texts are strings. */
export type Text = string | TextSource

interface Preparation {
  lineBreaks: 'keep' | 'space'
  lowercase: boolean
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** The pieces of a text; none ends within a code point of two units, none is empty. */
export function* chunksOf(text: Text): Generator<string, void, void> {
  let held = ''
  for (const piece of typeof text === 'string' ? [text] : text.chunks()) {
    const chunk = held + piece
    const cut = isHighSurrogate(chunk.charCodeAt(chunk.length - 1)) ? chunk.length - 1 : chunk.length
    held = chunk.slice(cut)
    if (cut > 0) yield cut === chunk.length ? chunk : chunk.slice(0, cut)
  }
  if (held) yield held
}

/** The whole text as one string; throws RangeError where no string is long enough. */
export const wholeText = (text: Text): string =>
  typeof text === 'string' ? text : [...chunksOf(text)].join('')

/** Behind such a character the small form of no letter depends on what was before: only the final sigma looks around. */
const apart = /[^\p{Cased}\p{Case_Ignorable}]/u
/** A word longer than this is folded in parts. */
const longestWord = 1 << 16

/** Where the last word of `chunk` begins: folding up to there needs nothing that follows. */
function wordBegin(chunk: string): number {
  const least = Math.max(0, chunk.length - longestWord)
  for (let i = chunk.length; i > least; i--) {
    const unit = chunk.charCodeAt(i - 1)
    const low = unit >= 0xdc00 && unit <= 0xdfff && i > 1
    const point = low ? chunk.slice(i - 2, i) : chunk[i - 1]!
    if (apart.test(point)) return i
    if (low) i--
  }
  return least === 0 ? 0 : chunk.length
}

function* folded(chunks: Iterable<string>): Generator<string, void, void> {
  let held = ''
  for (const piece of chunks) {
    const chunk = held + piece
    const cut = wordBegin(chunk)
    held = chunk.slice(cut)
    if (cut > 0) yield chunk.slice(0, cut).toLowerCase()
  }
  if (held) yield held.toLowerCase()
}

/** Lines without the white space around them, empty ones left out, a space between two. */
function* joined(chunks: Iterable<string>): Generator<string, void, void> {
  let begun = false
  let inLine = false
  /** White space behind what the line has so far: kept if more follows. */
  let held = ''
  for (const chunk of chunks) {
    const out: string[] = []
    chunk.split(/[\r\n\u2028\u2029]/).forEach((part, i) => {
      if (i > 0) {
        inLine = false
        held = ''
      }
      const body = part.trim()
      if (body === '') {
        if (inLine) held += part
        return
      }
      const from = part.length - part.trimStart().length
      if (inLine) out.push(held, part.slice(0, from))
      else if (begun) out.push(' ')
      out.push(body)
      held = part.slice(from + body.length)
      begun = inLine = true
    })
    if (out.length) yield out.join('')
  }
}

/** Folds capitals and joins lines as configured, before anything is counted. */
export function prepareChunks(text: Text, { lineBreaks, lowercase }: Preparation): Iterable<string> {
  const chunks = chunksOf(text)
  const small = lowercase ? folded(chunks) : chunks
  return lineBreaks === 'keep' ? small : joined(small)
}

export const prepareText = (text: string, preparation: Preparation): string =>
  [...prepareChunks(text, preparation)].join('')
