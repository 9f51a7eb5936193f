// Positions of a text at which a predicate holds, with the errors of the predicate's text.
import { UnrollError } from '../../contract/errors.ts'
import { kindOf, printExpression, type Expression } from '../../contract/predicate/expression.ts'
import { parsePredicate } from '../../contract/predicate/parse.ts'
import { predicateValues } from './predicates/index.ts'
import { readText } from './predicates/readText.ts'

/** A predicate that holds or does not; throws E_ARG at `path` for a fault or a number. */
export function parseWhere(predicate: string, path = 'where'): Expression {
  const refuse = (message: string, offset = 0) =>
    new UnrollError('E_ARG', `${path}: ${message}`, { path, offset })
  try {
    const parsed = parsePredicate(predicate)
    if (kindOf(parsed) === 'boolean') return parsed
    const name = printExpression(parsed)
    throw refuse(`${name} is a number; compare it, such as ${name} >= 2.`)
  } catch (error) {
    if (!(error instanceof UnrollError) || error.details?.path === path) throw error
    throw refuse(error.message, error.details?.offset)
  }
}

/** 1 where the predicate holds after reading symbol t; `words`: symbols are words. Throws E_ARG for a predicate with a fault. */
export function labelsWhere(
  predicate: string,
  symbols: readonly string[],
  spaces: readonly string[],
  words: boolean,
): Uint8Array {
  return predicateValues(parseWhere(predicate), readText({ symbols, spaces, words })) as Uint8Array
}

/** The positions at which it holds, ascending. */
export const positionsWhere = (...read: Parameters<typeof labelsWhere>): number[] =>
  [...labelsWhere(...read).entries()].flatMap(([t, holds]) => (holds ? [t] : []))
