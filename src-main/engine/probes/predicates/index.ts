// The values of predicates on a text. Every property of contract/predicate/properties.ts has its row here; a missing one does not compile.
import type { Expression, Operator } from '../../../contract/predicate/expression.ts'
import { propertyRow, type PropertyName, type RowOf } from '../../../contract/predicate/properties.ts'
import { depthOf } from './marks.ts'
import { quotedTokens } from '../spans.ts'
import { matchesOf } from './matchPattern.ts'
import type { ReadText } from './readText.ts'
import { lineLabel, ofClass, oneOf, symbolsThat, tagged } from './symbols.ts'
import { column, indent, lineLength, sentenceCount, wordCount, wordLength, wordPosition } from './words.ts'

type Kinds = { boolean: Uint8Array; number: Float64Array }
type Arguments = { text: string; number: number; predicate: Uint8Array }
type ArgumentsOf<P extends readonly { kind: keyof Arguments }[]> = { [I in keyof P]: Arguments[P[I]['kind']] }

/** 1 at each symbol where the property holds, or its value there, after reading the symbol. */
type Rules = {
  [N in PropertyName]: (
    text: ReadText,
    ...given: ArgumentsOf<RowOf<N>['parameters']>
  ) => Kinds[RowOf<N>['kind']]
}

const between = (text: ReadText, open: string, close: string): Uint8Array =>
  Uint8Array.from(depthOf(text, open, close), (depth) => (depth > 0 ? 1 : 0))
const positions = ({ symbols }: ReadText) => Float64Array.from(symbols, (_, t) => t)
/** The labels of the symbols `by` after each one; 0 beyond the text. */
const shifted = (labels: Uint8Array, by: number) => Uint8Array.from(labels, (_, t) => labels[t + by] ?? 0)

const rules: Rules = {
  between,
  inside: between,
  quote: ({ symbols, spaces }) => quotedTokens(symbols, spaces),
  bracket: (text) => between(text, '(', ')'),
  depth: depthOf,
  column,
  line_length: lineLength,
  indent,
  position: positions,
  span: (text, from, to) => Uint8Array.from(positions(text), (t) => (t >= from && t <= to ? 1 : 0)),
  regex: covered,
  previous: (_, labels, n) => shifted(labels, -n),
  next: (_, labels, n) => shifted(labels, n),
  class: ofClass,
  space: (text) => ofClass(text, 'space'),
  vowel: (text) => ofClass(text, 'vowel'),
  capital: (text) => ofClass(text, 'capital'),
  digit: (text) => ofClass(text, 'digit'),
  newline: (text) => ofClass(text, 'newline'),
  char: (text, wanted) => symbolsThat(text, (symbol) => symbol === wanted),
  one_of: oneOf,
  word_position: wordPosition,
  word_length: wordLength,
  word_count: wordCount,
  sentence_count: sentenceCount,
  line_label: lineLabel,
  tag: tagged,
}

/** Symbols of which a match covers at least one character. */
function covered({ whole, begins, symbols }: ReadText, pattern: string, flags: string): Uint8Array {
  const points = Array.from(whole)
  /** The symbol of each code point; -1 for white space between words. */
  const symbolAt = new Int32Array(points.length).fill(-1)
  let offset = 0
  let t = 0
  points.forEach((point, i) => {
    while (t < symbols.length && offset >= begins[t]! + symbols[t]!.length) t++
    if (t < symbols.length && offset >= begins[t]!) symbolAt[i] = t
    offset += point.length
  })
  const labels = new Uint8Array(symbols.length)
  for (const [from, to] of matchesOf(pattern, flags, points))
    for (let i = from; i < to; i++) if (symbolAt[i]! >= 0) labels[symbolAt[i]!] = 1
  return labels
}

const compare: Record<Operator, (a: number, b: number) => boolean> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/**
 * The values of a predicate at the T symbols of a text: 1 where it holds (Uint8Array), or the numbers of a graded property (Float64Array).
 * Throws E_ARG for labels or tags of a text without any, and for a regular expression that takes too long.
 */
export function predicateValues(expression: Expression, text: ReadText): Uint8Array | Float64Array {
  const labels = (term: Expression) => predicateValues(term, text) as Uint8Array
  switch (expression.type) {
    case 'or':
    case 'and': {
      const terms = expression.terms.map(labels)
      const holds =
        expression.type === 'or'
          ? (t: number) => terms.some((one) => one[t])
          : (t: number) => terms.every((one) => one[t])
      return Uint8Array.from(text.symbols, (_, t) => (holds(t) ? 1 : 0))
    }
    case 'not':
      return labels(expression.term).map((label) => 1 - label)
    case 'comparison': {
      const holds = compare[expression.operator]
      return Uint8Array.from(predicateValues(expression.property, text), (x) =>
        holds(x, expression.value) ? 1 : 0,
      )
    }
    case 'property': {
      const { name, given } = expression
      const filled = propertyRow(name)!.parameters.map((parameter, i) => {
        const argument = given[i] ?? parameter.default!
        return typeof argument === 'object' ? labels(argument) : argument
      })
      return (rules[name] as (text: ReadText, ...given: unknown[]) => Uint8Array | Float64Array)(
        text,
        ...filled,
      )
    }
  }
}
