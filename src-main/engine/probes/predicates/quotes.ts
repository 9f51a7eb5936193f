// Detects the positions of a text inside quotations, from the opening mark up to, not including, the closing one. Marks of different kinds
// nest. An empty or blank line ends unclosed quotations.
import { isLineBreak } from '../../data/lineBreaks.ts'

/**
 * Opening marks with the marks that may close them: English “a” and ‘a’, German „a“ and ‚a‘, French «a» and ‹a›, German and Danish »a«,
 * Swedish ”a”, ’a’ and »a», straight "a" and 'a'.
 */
const closers: Readonly<Record<string, string>> = {
  '"': '"', '“': '”', '„': '“”"', '”': '”', '«': '»', '»': '«»', '‹': '›', '›': '‹›', "'": "'", '‘': '’', '‚': '‘’', '’': '’',
} // prettier-ignore
/** Marks that also close, so they open a quotation only at the beginning of a word. */
const twoSided = "”»›'’"
/** Marks that are also apostrophes. */
const single = "'‘’"
/** Words that begin with an apostrophe, and endings of contractions after a space, without the apostrophe. */
const elided =
  /^(?:tis|twas|twere|twill|em|cause|til|till|bout|round|n|d|ll|m|re|s|t|ve|\d\ds?)(?![\p{L}\p{N}])/iu

const isWordPart = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}\p{M}]/u.test(c)
const isBlank = (c: string | undefined): boolean => c === undefined || /\s|\u0085/.test(c)

const beginsWord = (text: readonly string[], i: number): boolean =>
  (isBlank(text[i - 1]) || /[([{—–"“„”«»‹›'‘‚-]/.test(text[i - 1]!)) && !isBlank(text[i + 1])
/** Whether a mark follows a character that is not white space and precedes none that is part of a word. */
const endsWord = (text: readonly string[], i: number): boolean =>
  !isBlank(text[i - 1]) && !isWordPart(text[i + 1])

const isApostrophe = (text: readonly string[], i: number): boolean =>
  isWordPart(text[i - 1]) ? isWordPart(text[i + 1]) : elided.test(text.slice(i + 1, i + 9).join(''))

/** A function that, called for consecutive positions, returns true at the line break of an empty or blank line. */
function emptyLines(text: readonly string[]): (i: number) => boolean {
  let isEmpty = false
  return (i) => {
    const c = text[i]!
    if (!isLineBreak(c)) isEmpty &&= isBlank(c)
    else if (c !== '\n' || text[i - 1] !== '\r') {
      const ends = isEmpty
      isEmpty = true
      return ends
    }
    return false
  }
}

/** Whether a single mark at `i` has a closing mark before the end of the paragraph; otherwise it is an apostrophe. */
function isClosed(text: readonly string[], i: number): boolean {
  const ends = emptyLines(text)
  for (let k = i + 1; k < text.length && !ends(k); k++)
    if (closers[text[i]!]!.includes(text[k]!) && endsWord(text, k)) return true
  return false
}

/** 1 for every code point inside a quotation. */
export function insideQuotes(text: readonly string[]): Uint8Array {
  /** Stack of open marks, the outermost first. */
  const open: string[] = []
  const ends = emptyLines(text)
  /** A text that opens single quotations with ‘ never opens one with ’. */
  const hasTurnedMarks = text.includes('‘')

  function closes(mark: string, i: number): boolean {
    if (single.includes(mark) && !endsWord(text, i)) return false
    const at = open.findLastIndex((opened) => closers[opened]!.includes(mark))
    if (at >= 0) open.length = at
    return at >= 0
  }
  function opens(mark: string, i: number): boolean {
    if (open.includes(mark) || (twoSided.includes(mark) && !beginsWord(text, i))) return false
    if (mark === '’' && hasTurnedMarks) return false
    return !single.includes(mark) || isClosed(text, i)
  }

  return Uint8Array.from(text, (c, i) => {
    if (ends(i)) open.length = 0
    if (c in closers && !(single.includes(c) && isApostrophe(text, i)) && !closes(c, i) && opens(c, i))
      open.push(c)
    return open.length > 0 ? 1 : 0
  })
}
