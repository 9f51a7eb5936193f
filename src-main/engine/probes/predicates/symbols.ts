// Properties of single symbols: their class, themselves, what the lines of the data say of them.
import type { SymbolClass } from '../../../contract/predicate/properties.ts'
import { nearest, quotable, UnrollError } from '../../../contract/errors.ts'
import { isLineBreak } from '../../data/lineBreaks.ts'
import type { ReadText } from './readText.ts'

const matches = (pattern: RegExp) => (symbol: string) => pattern.test(symbol)

const classes: Record<SymbolClass, (symbol: string) => boolean> = {
  letter: matches(/^[\p{L}\p{M}]+$/u),
  vowel: matches(/^[aeiou]$/i),
  consonant: matches(/^[bcdfghj-np-tv-z]$/i),
  capital: matches(/^\p{Lu}/u),
  lower: matches(/^\p{Ll}/u),
  digit: matches(/^\p{Nd}+$/u),
  space: matches(/^[^\S\r\n\u2028\u2029]$/u),
  newline: isLineBreak,
  punctuation: matches(/^\p{P}+$/u),
}

/** 1 at the symbols for which `holds`, which is asked once per distinct symbol. */
export function symbolsThat({ symbols }: ReadText, holds: (symbol: string) => boolean): Uint8Array {
  const known = new Map<string, boolean>()
  return Uint8Array.from(symbols, (symbol) => {
    const found = known.get(symbol) ?? holds(symbol)
    known.set(symbol, found)
    return found ? 1 : 0
  })
}

export const ofClass = (text: ReadText, name: string): Uint8Array =>
  symbolsThat(text, classes[name as SymbolClass])

export function oneOf(text: ReadText, list: string): Uint8Array {
  const wanted = new Set(text.words ? list.trim().split(/\s+/) : list)
  return symbolsThat(text, (symbol) => wanted.has(symbol))
}

const refuse = (message: string) => new UnrollError('E_ARG', `predicate: ${message}`, { path: 'predicate' })

/** Refuses a label that no line has. */
function known(wanted: string, what: string, labels: readonly string[] = []): string {
  if (labels.includes(wanted)) return wanted
  const near = nearest(wanted, labels)
  const some = labels.slice(0, 12).map((label) => JSON.stringify(quotable(label)))
  const hint = near
    ? `did you mean ${JSON.stringify(quotable(near))}?`
    : `there are ${some.join(', ')}${labels.length > 12 ? ' and more' : ''}.`
  throw refuse(`${what}: no line has ${JSON.stringify(quotable(wanted))}; ${hint}`)
}

export function lineLabel({ label, labels, symbols }: ReadText, wanted: string): Uint8Array {
  if (label === undefined)
    throw refuse(
      'line_label: this text has no labelled lines. Choose a run on labelled lines, and leave the text out.',
    )
  return new Uint8Array(symbols.length).fill(label === known(wanted, 'line_label', labels) ? 1 : 0)
}

export function tagged({ tags, labels }: ReadText, wanted: string): Uint8Array {
  if (!tags)
    throw refuse('tag: this text has no tagged words. Choose a run on tagged lines, and leave the text out.')
  known(wanted, 'tag', labels)
  return Uint8Array.from(tags, (tag) => (tag === wanted ? 1 : 0))
}
