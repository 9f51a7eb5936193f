// Generating n values, then stopping: a sequence whose length is given in its first step.
import { lengthAccuracy, squaredError } from '../../examples/metrics.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

/**
 * The first step gives a number n (as n / length) and a value v, blank steps follow; the answers are the n values v/n, 2v/n ... v, with the
 * stop output on at the last one.
 */
function count(length: number): GeneratedProblem {
  const formatList = (values: ArrayLike<number>) => Array.from(values, (v) => v.toFixed(2)).join(' ')
  return {
    ...problemDefaults,
    topology: 'each',
    input: { channels: 2 },
    dimensions: ['n', 'value'],
    output: { kind: 'number', count: 1, stop: true },
    symbols: [],
    labels: [],
    tolerance: 0.04,
    maxLength: { input: length, answer: 1 },
    draw(random) {
      const n = 1 + random.below(length)
      const value = 2 * random.uniform() - 1
      const input = new Float64Array(2 * n)
      input[0] = n / length
      input[1] = value
      return { input, answer: Array.from({ length: n }, (_, k) => (value * (k + 1)) / n) }
    },
    formatExample: ({ input, answer }) => ({
      input: `n = ${answer.length}, v = ${input[1]!.toFixed(2)}`,
      expected: formatList(answer),
    }),
  }
}

export const countProblem = defineProblem({
  id: 'count',
  about: 'write n values, then stop',
  length: 'the largest n',
  metrics: [squaredError, lengthAccuracy],
  make: ({ length }) => count(length),
})
