// Parity: whether the number of ones is odd.
import { z } from 'zod'
import { meta } from '../../../../contract/fieldMeta.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

/** Input: up to `length` bits; answer: whether the number of ones so far is odd, after the last bit or after every bit. */
function parity(length: number, asked: 'end' | 'each'): GeneratedProblem {
  return {
    ...problemDefaults,
    topology: asked === 'end' ? 'one' : 'each',
    input: { symbols: 2 },
    output: { kind: 'bit' },
    symbols: ['0', '1'],
    labels: ['even', 'odd'],
    maxLength: { input: length, answer: 1 },
    draw(random) {
      const input = Array.from({ length: 1 + random.below(length) }, () => random.below(2))
      let odd = 0
      const answer = input.map((bit) => (odd ^= bit))
      return { input, answer: asked === 'end' ? [odd] : answer }
    },
  }
}

const asked = { end: 'one answer after the last bit', each: 'an answer after every bit' }

export const parityProblem = defineProblem({
  id: 'parity',
  about: 'is the number of ones odd',
  length: 'the largest number of bits',
  options: {
    asked: z
      .enum(['end', 'each'])
      .default('end')
      .meta(meta('Asked', '', { values: asked })),
  },
  exampleInput: '1101001110',
  make: ({ length, asked }) => parity(length, asked),
})
