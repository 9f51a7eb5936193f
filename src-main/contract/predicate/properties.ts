// The properties of the predicate language, one row each. Parser, completion, page, terminal and docs read the rows; the values of a
// property are computed by the row of the same name in engine/probes/predicates. A property sees the text alone, never the network.
import { wrongPattern } from './pattern.ts'

/** Classes of symbols by name, for `class("...")`. */
export const symbolClasses = [
  'letter',
  'vowel',
  'consonant',
  'capital',
  'lower',
  'digit',
  'space',
  'newline',
  'punctuation',
] as const
export type SymbolClass = (typeof symbolClasses)[number]

/** One parameter of a property. A predicate is passed as an expression, such as the first of `previous(vowel, 2)`. */
export interface Parameter {
  name: string
  kind: 'text' | 'number' | 'predicate'
  /** The value if the argument is left out; without it, the argument is required. */
  default?: string | number
  /** The only accepted texts. */
  choices?: readonly string[]
  /** What is wrong with a text; undefined if nothing is. */
  wrong?(value: string): string | undefined
  /** Bounds of a number, which is whole. */
  min?: number
  max?: number
}

/** The row of a property. */
export interface PropertyRow {
  name: string
  parameters: readonly Parameter[]
  /** `boolean`: holds or does not at each symbol. `number`: a value at each symbol. */
  kind: 'boolean' | 'number'
  /** What it says of a symbol, in one sentence. */
  about: string
  /** A whole predicate that uses it. */
  example: string
}

const open = { name: 'open', kind: 'text' } as const
const close = { name: 'close', kind: 'text' } as const
const steps = { name: 'n', kind: 'number', default: 1, min: 1, max: 10_000 } as const
const since = { name: 'since', kind: 'text', default: 'text', choices: ['text', 'line'] } as const
const at = (name: 'from' | 'to') => ({ name, kind: 'number', min: 0, max: 10_000_000 }) as const

export const properties = [
  { name: 'between', kind: 'boolean', parameters: [open, close], example: String.raw`between("/*", "*/")`, about: 'Between two marks: from the opening mark up to, not including, the closing one. Marks that differ nest; a closing mark that begins with a line break ends all levels.' },
  { name: 'inside', kind: 'boolean', parameters: [open, close], example: 'inside("{", "}")', about: 'The same as between.' },
  { name: 'quote', kind: 'boolean', parameters: [], example: 'quote', about: 'Inside quotation marks of any language; apostrophes are told apart, and an empty line ends a quotation.' },
  { name: 'bracket', kind: 'boolean', parameters: [], example: 'bracket and not quote', about: 'Inside (...), the opening one included; the same as between("(", ")").' },
  { name: 'depth', kind: 'number', parameters: [{ ...open, default: '(' }, { ...close, default: ')' }], example: 'depth("(", ")") >= 2', about: 'How many pairs of these marks are open, those of between.' },
  { name: 'column', kind: 'number', parameters: [], example: 'column', about: 'Symbols of the line read so far, this one included; 0 at a line break.' },
  { name: 'line_length', kind: 'number', parameters: [], example: 'line_length > 60', about: 'Symbols of the whole line without its line break.' },
  { name: 'indent', kind: 'number', parameters: [], example: 'indent >= 4', about: 'White space at the beginning of the line, in characters, as far as it is read; 0 at a line break.' },
  { name: 'position', kind: 'number', parameters: [], example: 'position < 5000', about: 'Symbols of the text before this one, so 0 for the first; in a run on lines, of its line.' },
  { name: 'span', kind: 'boolean', parameters: [at('from'), at('to')], example: 'span(10, 20) or span(9000, 9020)', about: 'Positions from .. to, both included.' },
  { name: 'regex', kind: 'boolean', parameters: [{ name: 'pattern', kind: 'text', wrong: wrongPattern }, { name: 'flags', kind: 'text', default: '', choices: ['', 'i'] }], example: String.raw`regex("\bthe\b", "i")`, about: 'Symbols that a match of the regular expression covers. JavaScript syntax with the flags m and u, without look-around and back-references, in time linear in the text; i ignores case.' },
  { name: 'previous', kind: 'boolean', parameters: [{ name: 'predicate', kind: 'predicate' }, steps], example: 'previous(vowel, 2)', about: 'The predicate held n symbols before.' },
  { name: 'next', kind: 'boolean', parameters: [{ name: 'predicate', kind: 'predicate' }, steps], example: 'next(newline)', about: 'The predicate holds n symbols later.' },
  { name: 'class', kind: 'boolean', parameters: [{ name: 'name', kind: 'text', choices: symbolClasses }], example: 'class("punctuation")', about: `The class of the symbol: ${symbolClasses.join(', ')}.` },
  { name: 'space', kind: 'boolean', parameters: [], example: 'space', about: 'White space other than a line break; words have none.' },
  { name: 'vowel', kind: 'boolean', parameters: [], example: 'vowel and previous(capital)', about: 'One of a, e, i, o, u, small or capital.' },
  { name: 'capital', kind: 'boolean', parameters: [], example: 'capital', about: 'Begins with a capital letter.' },
  { name: 'digit', kind: 'boolean', parameters: [], example: 'digit or char(".")', about: 'Digits only.' },
  { name: 'newline', kind: 'boolean', parameters: [], example: 'newline', about: 'A line break.' },
  { name: 'char', kind: 'boolean', parameters: [{ name: 'symbol', kind: 'text' }], example: 'char("e")', about: 'Exactly this symbol, a character or a word.' },
  { name: 'one_of', kind: 'boolean', parameters: [{ name: 'symbols', kind: 'text' }], example: 'one_of(".?!")', about: 'One of these characters; in a run on words, one of these words with spaces between.' },
  { name: 'word_position', kind: 'number', parameters: [], example: 'word_position = 1', about: 'Letters and digits of the word read so far; 0 outside a word.' },
  { name: 'word_length', kind: 'number', parameters: [], example: 'word_length >= 8', about: 'Letters and digits of the whole word; 0 outside a word.' },
  { name: 'word_count', kind: 'number', parameters: [since], example: 'word_count("line")', about: 'Words begun since the beginning of the text or of the line; of the line, 0 at a line break.' },
  { name: 'sentence_count', kind: 'number', parameters: [since], example: 'sentence_count("line") >= 1', about: 'Ends of sentences (. ? ! …) read since the beginning of the text or of the line; several in a row count once. Of the line, 0 at a line break.' },
  { name: 'line_label', kind: 'boolean', parameters: [{ name: 'label', kind: 'text' }], example: 'line_label("positive")', about: 'The class of the line, in a run on labelled lines.' },
  { name: 'tag', kind: 'boolean', parameters: [{ name: 'tag', kind: 'text' }], example: 'tag("NN")', about: 'The tag of the word, in a run on tagged lines.' },
] as const satisfies readonly PropertyRow[] // prettier-ignore

type Row = (typeof properties)[number]
export type PropertyName = Row['name']
/** The row of one property. */
export type RowOf<N extends PropertyName> = Extract<Row, { name: N }>

export const propertyRows: readonly PropertyRow[] = properties
const byName = new Map<string, PropertyRow>(properties.map((row) => [row.name, row]))
export const propertyRow = (name: string): PropertyRow | undefined => byName.get(name)
