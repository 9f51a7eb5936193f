// Parses predicates: or, and, not, parentheses, comparisons of numbers, properties with arguments. `not` binds tighter than `and`, `and`
// tighter than `or`. Every error has its position and, for a misspelt name, the nearest one.
import { nearest, quotable } from '../errors.ts'
import { kindOf, operators, printText, type Expression, type Operator, type Property } from './expression.ts'
import { propertyRow, propertyRows, type Parameter, type PropertyName } from './properties.ts'
import { predicateError, splitPredicate, type Token } from './tokens.ts'

/** Largest number of characters of a predicate, and of levels of parentheses, `not` and arguments. */
export const maxPredicate = 2000
const maxDepth = 64

/** What may follow at the end of an unfinished predicate: a word or sign, a property, or an argument. */
export type Offer =
  { type: 'sign'; text: string } | { type: 'property' } | { type: 'argument'; parameter: Parameter }

/** Parses a predicate; throws E_ARG with the offset. */
export function parsePredicate(source: string): Expression {
  if (source.length > maxPredicate)
    throw predicateError(maxPredicate, `it has ${source.length} characters; at most ${maxPredicate}.`)
  return readPredicate(splitPredicate(source))
}

/** Parses tokens; `offer` is called with all that would have been accepted in place of the end. */
export function readPredicate(tokens: readonly Token[], offer: (what: Offer) => void = () => {}): Expression {
  let index = 0
  const now = () => tokens[index]!
  const found = ({ type, value }: Token) =>
    type === 'end'
      ? 'the predicate ends here'
      : `${type === 'text' ? printText(quotable(value)) : quotable(value)} stands here`

  /** Takes a word or sign if it is next. */
  function takes(text: string): boolean {
    const { type, value } = now()
    if (type === 'end') offer({ type: 'sign', text })
    if (type === 'text' || value !== text || type === 'end') return false
    index++
    return true
  }

  function boolean(expression: Expression, at: number): Expression {
    if (kindOf(expression) === 'boolean') return expression
    const name = (expression as Property).name
    throw predicateError(at, `${name} is a number; compare it, such as ${name} >= 2.`)
  }

  function chain(type: 'or' | 'and', term: (depth: number) => Expression, depth: number): Expression {
    let at = now().from
    const terms = [term(depth)]
    while (takes(type)) {
      if (terms.length === 1) boolean(terms[0]!, at)
      at = now().from
      terms.push(boolean(term(depth), at))
    }
    return terms.length === 1 ? terms[0]! : { type, terms }
  }
  const either = (depth: number): Expression => chain('or', both, depth)
  const both = (depth: number): Expression => chain('and', negated, depth)

  function negated(depth: number): Expression {
    if (depth > maxDepth) throw predicateError(now().from, `more than ${maxDepth} levels. Simplify it.`)
    if (!takes('not')) return comparison(depth)
    const at = now().from
    return { type: 'not', term: boolean(negated(depth + 1), at) }
  }

  function comparison(depth: number): Expression {
    const at = now().from
    const left = operand(depth)
    const isNumber = kindOf(left) === 'number'
    const operator = isNumber || now().type !== 'end' ? operators.find((one) => takes(one)) : undefined
    if (!operator) return left
    if (!isNumber) {
      const name = left.type === 'property' ? left.name : 'this'
      throw predicateError(at, `${name} holds or does not, so it is not compared: leave out ${operator}.`)
    }
    return { type: 'comparison', property: left as Property, operator, value: comparedNumber(operator) }
  }

  function comparedNumber(operator: Operator): number {
    const token = now()
    if (token.type !== 'number' || !Number.isFinite(Number(token.value)))
      throw predicateError(token.from, `a number is missing after ${operator}; ${found(token)}.`)
    index++
    const after = now()
    if (after.type === 'sign' && operators.some((one) => one === after.value))
      throw predicateError(
        after.from,
        'join two comparisons with and, such as column >= 10 and column <= 20.',
      )
    return Number(token.value)
  }

  function operand(depth: number): Expression {
    const token = now()
    if (token.type === 'end') offer({ type: 'property' })
    if (takes('(')) {
      const inner = either(depth + 1)
      if (!takes(')')) throw predicateError(now().from, `")" is missing; ${found(now())}.`)
      return inner
    }
    if (token.type !== 'name' || token.value === 'and' || token.value === 'or')
      throw predicateError(token.from, `a property is missing; ${found(token)}.`)
    index++
    return property(token, depth)
  }

  function property({ value: name, from: at }: Token, depth: number): Property {
    const row = propertyRow(name)
    if (!row) {
      const near = nearest(name, [...propertyRows.map((one) => one.name), 'and', 'or', 'not'])
      throw predicateError(
        at,
        `there is no property "${quotable(name)}"${near ? `; did you mean ${near}?` : '.'}`,
      )
    }
    const given = row.parameters.length > 0 && takes('(') ? readArguments(row.parameters, depth) : []
    const missing = row.parameters.slice(given.length).find((one) => one.default === undefined)
    if (missing) throw predicateError(at, `${name} needs ${missing.name}, such as ${row.example}.`)
    if (row.parameters.length === 0 && now().type === 'sign' && now().value === '(')
      throw predicateError(now().from, `${name} takes no arguments.`)
    return { type: 'property', name: row.name as PropertyName, given, at }
  }

  function readArguments(parameters: readonly Parameter[], depth: number) {
    const given: (string | number | Expression)[] = []
    if (parameters[0]!.default !== undefined && takes(')')) return given
    do {
      const parameter = parameters[given.length]
      if (!parameter) throw predicateError(now().from, `too many arguments; at most ${parameters.length}.`)
      given.push(argument(parameter, depth))
    } while ((given.length < parameters.length || now().type !== 'end') && takes(','))
    if (!takes(')')) throw predicateError(now().from, `")" is missing after the arguments; ${found(now())}.`)
    return given
  }

  function argument(parameter: Parameter, depth: number): string | number | Expression {
    const token = now()
    const { name, kind, choices, min = -Infinity, max = Infinity } = parameter
    if (kind === 'predicate') return boolean(either(depth + 1), token.from)
    if (token.type === 'end') offer({ type: 'argument', parameter })
    if (token.type !== kind)
      throw predicateError(
        token.from,
        `${name} is a ${kind === 'text' ? 'text between quotation marks' : 'number'}; ${found(token)}.`,
      )
    index++
    if (kind === 'number') {
      const value = Number(token.value)
      if (Number.isInteger(value) && value >= min && value <= max) return value
      throw predicateError(token.from, `${name} is a whole number from ${min} to ${max}, not ${token.value}.`)
    }
    const wrong = choices
      ? wrongChoice(token.value, choices)
      : (emptyText(token.value) ?? parameter.wrong?.(token.value))
    if (wrong) throw predicateError(token.from, `${name} ${wrong}`)
    return token.value
  }

  const whole = either(0)
  const rest = now()
  if (rest.type !== 'end') {
    const near = rest.type === 'name' ? nearest(rest.value, ['and', 'or']) : undefined
    throw predicateError(
      rest.from,
      `and or or is missing; ${found(rest)}${near ? `: did you mean ${near}?` : '.'}`,
    )
  }
  return whole
}

const emptyText = (value: string) => (value === '' ? 'is empty.' : undefined)
function wrongChoice(value: string, choices: readonly string[]): string | undefined {
  if (choices.includes(value)) return undefined
  const near = nearest(value, choices)
  return `${printText(quotable(value))} is unknown; ${near ? `did you mean "${near}"?` : `it is one of ${choices.map(printText).join(', ')}.`}`
}
