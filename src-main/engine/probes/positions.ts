// Positions of a text at which a predicate holds, with the errors of the predicate's text.
import { nearest, UnrollError } from '../../contract/errors.ts'
import { predicates, type Predicate } from '../../contract/inspect.ts'
import { predicateLabels } from './predicates.ts'

/** 1 where the predicate holds after reading symbol t; throws E_ARG for a predicate that is not known. */
export function labelsWhere(
  predicate: string,
  tokens: readonly string[],
  spaces: readonly string[],
): Uint8Array {
  const known = predicates.find((name) => name === predicate.trim())
  if (!known) {
    const near = nearest(predicate, predicates)
    throw new UnrollError(
      'E_ARG',
      `where: "${predicate}" is no predicate${near ? `; did you mean ${near}?` : ''}`,
      {
        path: 'where',
      },
    )
  }
  return predicateLabels(known satisfies Predicate, tokens, spaces)
}

/** The positions at which it holds, ascending. */
export const positionsWhere = (
  predicate: string,
  tokens: readonly string[],
  spaces: readonly string[],
): number[] =>
  [...labelsWhere(predicate, tokens, spaces).entries()].flatMap(([t, holds]) => (holds ? [t] : []))
