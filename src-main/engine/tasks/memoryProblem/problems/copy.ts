// The copying problem: symbols are repeated after a delay.
import { z } from 'zod'
import { meta } from '../../../../contract/fieldMeta.ts'
import { defineProblem, letters, problemDefaults, type GeneratedProblem } from '../problem.ts'

/** Input: `length` symbols of eight kinds, `delay` blanks, a mark, blanks; answer: the symbols in order, from the mark on. */
function copy(length: number, delay: number): GeneratedProblem {
  const kinds = 8
  const symbols = ['·', ...letters.slice(0, kinds), '?']
  const steps = 2 * length + delay
  return {
    ...problemDefaults,
    topology: 'each',
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: kinds },
    symbols,
    labels: symbols.slice(1, 1 + kinds),
    maxLength: { input: steps, answer: 1 },
    fixedLength: true,
    draw(random) {
      const input = new Float64Array(steps)
      const answer = new Float64Array(steps).fill(-1)
      for (let t = 0; t < length; t++) {
        const symbol = random.below(kinds)
        input[t] = 1 + symbol
        answer[length + delay + t] = symbol
      }
      input[length + delay] = symbols.length - 1
      return { input, answer }
    },
  }
}

export const copyProblem = defineProblem({
  id: 'copy',
  about: 'repeat symbols after a delay',
  length: 'symbols to repeat',
  options: {
    delay: z
      .int()
      .min(0)
      .max(2000)
      .default(20)
      .meta(
        meta(
          'Delay',
          'Number of blank steps between the last symbol and the mark after which they are repeated.',
          { unit: 'steps' },
        ),
      ),
  },
  summary: ({ length, delay }) => `copy ${length} after ${delay}`,
  exampleInput: 'abcde····················?····',
  make: ({ length, delay }) => copy(length, delay),
})
