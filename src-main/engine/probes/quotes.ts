// Where a text is inside quotation marks: from the opening mark to before the closing one. Marks of different kinds nest. An empty or
// blank line, whatever ends lines, ends a quotation that was never closed.
import { isLineBreak } from '../data/lineBreaks.ts'

/**
 * Opening marks, each with what may close it: English “a” and ‘a’, German „a“ and ‚a‘, French «a» and ‹a›, German and Danish »a«,
 * Swedish ”a”, ’a’ and »a», straight "a" and 'a'.
 */
const closers: Readonly<Record<string, string>> = {
  '"': '"', '“': '”', '„': '“”"', '”': '”', '«': '»', '»': '«»', '‹': '›', '›': '‹›', "'": "'", '‘': '’', '‚': '‘’', '’': '’',
} // prettier-ignore
/** These close as well, so they open only where a word begins. */
const twoSided = "”»›'’"
/** These are also apostrophes. */
const single = "'‘’"
/** Words that begin with an apostrophe, and the ends of contractions that stand alone. */
const elided =
  /^(?:tis|twas|twere|twill|em|cause|til|till|bout|round|n|d|ll|m|re|s|t|ve|\d\ds?)(?![\p{L}\p{N}])/iu

const isWordPart = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}\p{M}]/u.test(c)
const isBlank = (c: string | undefined): boolean => c === undefined || /\s|\u0085/.test(c)

const beginsWord = (text: readonly string[], i: number): boolean =>
  (isBlank(text[i - 1]) || /[([{—–"“„”«»‹›'‘‚-]/.test(text[i - 1]!)) && !isBlank(text[i + 1])
/** Behind something, before no letter. */
const endsWord = (text: readonly string[], i: number): boolean =>
  !isBlank(text[i - 1]) && !isWordPart(text[i + 1])

const isApostrophe = (text: readonly string[], i: number): boolean =>
  isWordPart(text[i - 1]) ? isWordPart(text[i + 1]) : elided.test(text.slice(i + 1, i + 9).join(''))

/** Tells, symbol by symbol, where an empty or blank line has just begun to end. */
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

/** Whether a single mark that could open at `i` is closed before the paragraph ends; else it is an apostrophe. */
function isClosed(text: readonly string[], i: number): boolean {
  const ends = emptyLines(text)
  for (let k = i + 1; k < text.length && !ends(k); k++)
    if (closers[text[i]!]!.includes(text[k]!) && endsWord(text, k)) return true
  return false
}

/** 1 for every code point inside a quotation. */
export function insideQuotes(text: readonly string[]): Uint8Array {
  /** Marks that are open, the outermost first. */
  const open: string[] = []
  const ends = emptyLines(text)
  /** Where single quotations begin with ‘, a ’ never opens one. */
  const turned = text.includes('‘')

  function closes(mark: string, i: number): boolean {
    if (single.includes(mark) && !endsWord(text, i)) return false
    const at = open.findLastIndex((opened) => closers[opened]!.includes(mark))
    if (at >= 0) open.length = at
    return at >= 0
  }
  function opens(mark: string, i: number): boolean {
    if (open.includes(mark) || (twoSided.includes(mark) && !beginsWord(text, i))) return false
    if (mark === '’' && turned) return false
    return !single.includes(mark) || isClosed(text, i)
  }

  return Uint8Array.from(text, (c, i) => {
    if (ends(i)) open.length = 0
    if (c in closers && !(single.includes(c) && isApostrophe(text, i)) && !closes(c, i) && opens(c, i))
      open.push(c)
    return open.length > 0 ? 1 : 0
  })
}
