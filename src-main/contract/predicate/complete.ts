// Completion of predicates: what may stand at the caret, given the text before it.
import { UnrollError } from '../errors.ts'
import { printText } from './expression.ts'
import { readPredicate, type Offer } from './parse.ts'
import { propertyRows } from './properties.ts'
import { splitPredicate, type Token } from './tokens.ts'

export interface Completion {
  /** Replaces the source from .. to of the completions. */
  text: string
  about: string
}

export interface Completions {
  from: number
  to: number
  items: Completion[]
}

const signs: Readonly<Record<string, string>> = {
  and: 'both hold',
  or: 'one of both holds, or both',
  not: 'it does not hold',
  '(': 'begins a group',
  ')': 'ends the group or the arguments',
  ',': 'another argument',
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than',
  '=': 'equal to',
  '!=': 'not equal to',
}

function itemsOf(offer: Offer): Completion[] {
  switch (offer.type) {
    case 'sign':
      return [{ text: offer.text, about: signs[offer.text]! }]
    case 'property':
      return propertyRows.map(({ name, parameters, about }) => ({
        text: parameters.some((one) => one.default === undefined) ? `${name}(` : name,
        about,
      }))
    case 'argument':
      return (offer.parameter.choices ?? []).map((choice) => ({
        text: printText(choice),
        about: offer.parameter.name,
      }))
  }
}

/** The tokens before the word or text that is being typed, and where that begins. */
function split(before: string): { tokens: Token[]; from: number; isText: boolean } | undefined {
  try {
    const tokens = splitPredicate(before).slice(0, -1)
    const last = tokens.at(-1)
    const isTyping = last?.type === 'name' && last.to === before.length
    return isTyping
      ? { tokens: tokens.slice(0, -1), from: last.from, isText: false }
      : { tokens, from: before.length, isText: false }
  } catch (error) {
    const from = error instanceof UnrollError ? error.details?.offset : undefined
    if (from === undefined || !/["']/.test(before[from]!)) return undefined
    return { tokens: splitPredicate(before.slice(0, from)).slice(0, -1), from, isText: true }
  }
}

/** What may stand at offset `caret` of the source: names that begin with what is typed there, in the order of the rows. Empty after an error. */
export function completionsAt(source: string, caret: number): Completions {
  const none = { from: caret, to: caret, items: [] }
  const typing = split(source.slice(0, caret))
  if (!typing) return none
  const { tokens, from, isText } = typing
  const offers: Offer[] = []
  try {
    readPredicate([...tokens, { type: 'end', value: '', from, to: from }], (offer) => offers.push(offer))
  } catch {
    // The source is unfinished; the offers at its end are wanted.
  }
  const typed = source.slice(from, caret).replace(/^'/, '"').toLowerCase()
  const wanted = isText ? offers.filter(({ type }) => type === 'argument') : offers
  const items = wanted.flatMap(itemsOf).filter(({ text }) => text.startsWith(typed) && text !== typed)
  const rest = isText ? /^\w*["']?/ : typed === '' ? /^/ : /^\w*/
  return { from, to: caret + rest.exec(source.slice(caret))![0].length, items }
}
