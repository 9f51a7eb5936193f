// The values of a predicate on several sequences.
import { kindOf, type Expression } from '../../../contract/predicate/expression.ts'
import { predicateValues } from './index.ts'
import { readText, type SymbolSequence } from './readText.ts'

/** The values of a predicate on sequences, one after the other. */
export function valuesOf(
  expression: Expression,
  sequences: readonly SymbolSequence[],
): Uint8Array | Float64Array {
  const parts = sequences.map((sequence) => predicateValues(expression, readText(sequence)))
  if (parts.length === 1) return parts[0]!
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const whole = kindOf(expression) === 'boolean' ? new Uint8Array(length) : new Float64Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
