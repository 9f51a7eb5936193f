// Predicates as data, and as text again. Positions in the source are kept for messages only.
import { propertyRow, type PropertyName } from './properties.ts'

export const operators = ['>=', '<=', '>', '<', '=', '!='] as const
export type Operator = (typeof operators)[number]

/** A property with its arguments as they were given, defaults left out; `at`: offset of its name in the source. */
export interface Property {
  type: 'property'
  name: PropertyName
  given: readonly (string | number | Expression)[]
  at: number
}

/** A predicate of text positions; of type `property` and kind `number`: a graded hypothesis. */
export type Expression =
  | { type: 'or' | 'and'; terms: readonly Expression[] }
  | { type: 'not'; term: Expression }
  | { type: 'comparison'; property: Property; operator: Operator; value: number }
  | Property

/** Whether an expression holds or does not, or has a value, at each symbol. */
export const kindOf = (expression: Expression): 'boolean' | 'number' =>
  expression.type === 'property' ? propertyRow(expression.name)!.kind : 'boolean'

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A text as an argument, between double quotes. */
export const printText = (text: string): string => `"${text.replace(/[\\"\n\r\t]/g, (c) => escapes[c]!)}"`

/** The text of an expression, which parses to the same expression. */
export function printExpression(expression: Expression): string {
  const nested = (term: Expression) =>
    term.type === 'or' || (term.type === 'and' && expression.type !== 'or')
      ? `(${printExpression(term)})`
      : printExpression(term)
  switch (expression.type) {
    case 'or':
    case 'and':
      return expression.terms.map(nested).join(` ${expression.type} `)
    case 'not':
      return `not ${nested(expression.term)}`
    case 'comparison':
      return `${printExpression(expression.property)} ${expression.operator} ${expression.value}`
    case 'property': {
      const { name, given } = expression
      if (given.length === 0) return name
      const texts = given.map((argument) =>
        typeof argument === 'string'
          ? printText(argument)
          : typeof argument === 'number'
            ? String(argument)
            : printExpression(argument),
      )
      return `${name}(${texts.join(', ')})`
    }
  }
}
