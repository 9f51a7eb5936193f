// Splits the text of a predicate into names, numbers, quoted texts and signs, with their positions.
import { UnrollError } from '../errors.ts'

export interface Token {
  type: 'name' | 'number' | 'text' | 'sign' | 'end'
  /** The source; of a quoted text its value, escapes resolved. */
  value: string
  /** Offsets in the source. */
  from: number
  to: number
}

/** E_ARG on the predicate at an offset, said as a character counted from 1. */
export const predicateError = (at: number, message: string): UnrollError =>
  new UnrollError('E_ARG', `predicate, character ${at + 1}: ${message}`, { path: 'predicate', offset: at })

const token = /\s+|[A-Za-z_]\w*|-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|>=|<=|!=|[<>=(),]/y
/** Signs of other languages with what is written here. */
const foreign: Readonly<Record<string, string>> = { '&': 'and', '|': 'or', '!': 'not', '“': '"', '”': '"', '‘': "'", '’': "'", '[': '(', ']': ')', '≥': '>=', '≤': '<=', '≠': '!=' } // prettier-ignore

/** The tokens of a predicate, the last of them of type `end`; throws E_ARG at an unknown sign or a text without its closing quotation mark. */
export function splitPredicate(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const c = source[at]!
    if (c === '"' || c === "'") {
      const text = readText(source, at)
      tokens.push(text)
      at = text.to
      continue
    }
    token.lastIndex = at
    const value = token.exec(source)?.[0]
    if (value === undefined) {
      const instead = foreign[c]
      throw predicateError(
        at,
        `${JSON.stringify(String.fromCodePoint(source.codePointAt(at)!).toWellFormed())} has no meaning here${instead ? `; write ${instead}` : '. Put texts between quotation marks'}.`,
      )
    }
    const to = at + value.length
    const type = /^[A-Za-z_]/.test(value) ? 'name' : /\d/.test(value) ? 'number' : 'sign'
    if (value.trim() !== '') tokens.push({ type, value, from: at, to })
    at = to
  }
  tokens.push({ type: 'end', value: '', from: at, to: at })
  return tokens
}

const simple: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\' }
const unicode = /u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/y

/** A text between equal quotation marks. Escapes: \n \r \t \" \' \\ \uXXXX \u{X}; before any other character the backslash is kept, for regular expressions. */
function readText(source: string, from: number): Token {
  const mark = source[from]
  let value = ''
  let at = from + 1
  while (at < source.length && source[at] !== mark) {
    if (source[at] !== '\\' || at + 1 >= source.length) {
      value += source[at++]
      continue
    }
    const next = source[++at]!
    unicode.lastIndex = at
    const [sequence, long, short] = unicode.exec(source) ?? []
    const point = sequence ? parseInt((long ?? short)!, 16) : -1
    if (sequence && point <= 0x10ffff) {
      value += String.fromCodePoint(point)
      at += sequence.length
    } else {
      value += simple[next] ?? `\\${next}`
      at++
    }
  }
  if (at >= source.length) throw predicateError(from, `the text that begins here has no closing ${mark}.`)
  return { type: 'text', value, from, to: at + 1 }
}
