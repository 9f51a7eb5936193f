// Regular expressions in the syntax of JavaScript (flags m and u), as a tree that a matcher can follow in time linear in the text. Look-around,
// back-references and named groups are refused.
import { quotable } from '../errors.ts'

/** A node of a pattern. `class`: the source of a regular expression that one code point matches. */
export type Pattern =
  | { type: 'class'; source: string }
  | { type: 'assertion'; kind: '^' | '$' | 'b' | 'B' }
  | { type: 'sequence' | 'choice'; parts: readonly Pattern[] }
  | { type: 'repeat'; part: Pattern; min: number; max: number; lazy: boolean }

/** Largest number of instructions of a compiled pattern, and of nested groups. */
export const maxInstructions = 1000
const maxGroups = 32

const atom =
  /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|c[A-Za-z]|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/uy
const quantifier = /(?:[*+?]|\{(\d{1,9})(?:(,)(\d{1,9})?)?\})(\??)/y

/** The tree of a pattern; throws a plain Error that says what is wrong with it, as the end of a sentence that begins with its name. */
export function parsePattern(source: string): Pattern {
  try {
    new RegExp(source, 'mu')
  } catch (error) {
    throw new Error(
      `is no regular expression: ${quotable((error as Error).message.replace(/^.*: /s, ''))}.`,
      {
        cause: error,
      },
    )
  }
  let at = 0

  function choice(depth: number): Pattern {
    if (depth > maxGroups) throw new Error(`has more than ${maxGroups} nested groups. Simplify it.`)
    const parts = [sequence(depth)]
    while (source[at] === '|') {
      at++
      parts.push(sequence(depth))
    }
    return parts.length === 1 ? parts[0]! : { type: 'choice', parts }
  }

  function sequence(depth: number): Pattern {
    const parts: Pattern[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(depth))
    return parts.length === 1 ? parts[0]! : { type: 'sequence', parts }
  }

  function repeated(depth: number): Pattern {
    const part = single(depth)
    quantifier.lastIndex = at
    const match = quantifier.exec(source)
    if (!match) return part
    at = quantifier.lastIndex
    const [sign, least, comma, most, lazy] = match
    const min = least !== undefined ? Number(least) : sign[0] === '+' ? 1 : 0
    const max =
      least !== undefined ? (comma ? Number(most ?? Infinity) : min) : sign[0] === '?' ? 1 : Infinity
    // JavaScript tries a repetition that was empty again in other ways; machines without backtracking do not.
    if (max > min && mayBeEmpty(part))
      throw new Error(
        `repeats a part that may be empty (${sign}). Repeat a part that is not, as in (?:ab?)* or a+.`,
      )
    return { type: 'repeat', part, min, max, lazy: lazy === '?' }
  }

  function single(depth: number): Pattern {
    if (source[at] === '(') return group(depth)
    atom.lastIndex = at
    const [text] = atom.exec(source)!
    at += text.length
    if (text === '^' || text === '$') return { type: 'assertion', kind: text }
    if (text === '\\b' || text === '\\B') return { type: 'assertion', kind: text[1] as 'b' | 'B' }
    if (/^\\[1-9k]/.test(text))
      throw new Error(`has a back-reference (${text}), which is not read. Write the text out.`)
    return { type: 'class', source: text }
  }

  function group(depth: number): Pattern {
    const [open] = /^\((?:\?(?:<?[=!]|:|<[^>]*>|[^:]*:)?)?/.exec(source.slice(at))!
    if (/[=!]/.test(open.slice(0, 4)) && open.startsWith('(?'))
      throw new Error(`has look-around (${open}), which is not read. Use previous(...) or next(...).`)
    if (open !== '(' && open !== '(?:')
      throw new Error(`has a group ${quotable(open)}, which is not read. Write (?:...).`)
    at += open.length
    const inner = choice(depth + 1)
    at++
    return inner
  }

  const whole = choice(0)
  if (sizeOf(whole) > maxInstructions)
    throw new Error(
      `repeats too much: it needs ${sizeOf(whole)} steps; at most ${maxInstructions}. Use smaller counts.`,
    )
  return whole
}

function mayBeEmpty(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'class':
      return false
    case 'assertion':
      return true
    case 'sequence':
      return pattern.parts.every(mayBeEmpty)
    case 'choice':
      return pattern.parts.some(mayBeEmpty)
    case 'repeat':
      return pattern.min === 0 || mayBeEmpty(pattern.part)
  }
}

/** Number of instructions of a compiled pattern. */
function sizeOf(pattern: Pattern): number {
  switch (pattern.type) {
    case 'class':
    case 'assertion':
      return 1
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + sizeOf(part), 1)
    case 'choice':
      return pattern.parts.reduce((sum, part) => sum + sizeOf(part) + 2, -2)
    case 'repeat': {
      const { part, min, max } = pattern
      const size = sizeOf(part)
      return size * min + (max === Infinity ? size + 2 : (size + 1) * Math.max(0, max - min))
    }
  }
}

/** What is wrong with a pattern, as the end of a sentence that begins with its name; undefined if nothing is. */
export function wrongPattern(source: string): string | undefined {
  try {
    parsePattern(source)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
