// a^n b^n: after the first b, the rest of the string follows from the number of a's.
import type { MetricRow } from '../../../../contract/metrics.ts'
import { countingExample, countingSymbols } from '../grammars.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

/** a^n b^n with n up to `length`, validated up to twice that: the number of a's must be counted (Gers & Schmidhuber 2001). */
function counting(length: number): GeneratedProblem {
  return {
    ...problemDefaults,
    topology: 'each',
    predictsNext: true,
    input: { symbols: countingSymbols.length },
    output: { kind: 'classes', count: countingSymbols.length },
    symbols: countingSymbols,
    labels: countingSymbols,
    judge: { kind: 'determined' },
    maxLength: { input: 2 * length + 1, answer: 1 },
    draw: (random) => countingExample(1 + random.below(length)),
    extrapolates: true,
    heldOut: Array.from({ length: 2 * length }, (_, i) => ({
      ...countingExample(i + 1),
      ...(i >= length && { extrapolation: true as const }),
    })),
  }
}

const extrapolationAccuracy: MetricRow = {
  name: 'val/extrapolation_accuracy',
  title: 'Extrapolation accuracy',
  direction: 'max',
  unit: 'fraction',
  about:
    'Fraction of the strings that are longer than any trained on, n from length + 1 to twice the length, that are right as a whole.',
}

export const anbnProblem = defineProblem({
  id: 'anbn',
  about: 'n times a, then as many b',
  length: 'the largest n',
  exampleInput: '#aaaaaaaabbbbbbbb',
  metrics: [extrapolationAccuracy],
  make: ({ length }) => counting(length),
})
