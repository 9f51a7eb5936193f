// Reversing: an encoder reads a word, a decoder generates it backwards.
import { lengthAccuracy } from '../../examples/metrics.ts'
import { defineProblem, letters, problemDefaults, type GeneratedProblem } from '../problem.ts'

/** Input: a word of up to `length` letters of eight kinds; answer: its letters in reverse order, then the end token. */
function reverse(length: number): GeneratedProblem {
  const kinds = 8
  return {
    ...problemDefaults,
    topology: 'pair',
    input: { symbols: kinds },
    output: { kind: 'classes', count: kinds + 1 },
    symbols: [...letters.slice(0, kinds)],
    labels: [...letters.slice(0, kinds)],
    maxLength: { input: length, answer: length + 1 },
    draw(random) {
      const input = Array.from({ length: 1 + random.below(length) }, () => random.below(kinds))
      return { input, answer: [...input].reverse() }
    },
  }
}

export const reverseProblem = defineProblem({
  id: 'reverse',
  about: 'read a word, generate it backwards',
  length: 'the largest number of letters',
  exampleInput: 'fabah',
  metrics: [lengthAccuracy],
  make: ({ length }) => reverse(length),
})
