// Reversing: an encoder reads a word, a decoder writes it backwards.
import { lengthAccuracy } from '../../examples/metrics.ts'
import { defineProblem, letters, plain, type GeneratedProblem } from '../problem.ts'

/** A word is read whole, then written backwards, with an end token. */
function reverse(length: number): GeneratedProblem {
  const kinds = 8
  return {
    ...plain,
    topology: 'pair',
    input: { symbols: kinds },
    output: { kind: 'classes', count: kinds + 1 },
    symbols: [...letters.slice(0, kinds)],
    labels: [...letters.slice(0, kinds)],
    longest: { input: length, answer: length + 1 },
    draw(random) {
      const input = Array.from({ length: 1 + random.below(length) }, () => random.below(kinds))
      return { input, answer: [...input].reverse() }
    },
  }
}

export const reverseProblem = defineProblem({
  id: 'reverse',
  about: 'read a word, write it backwards',
  length: 'the longest',
  exampleInput: 'fabah',
  metrics: [lengthAccuracy],
  make: ({ length }) => reverse(length),
})
