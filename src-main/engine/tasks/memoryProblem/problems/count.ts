// Writing n values, then stopping: a sequence whose length is told at its start.
import { lengthAccuracy, squaredError } from '../../examples/metrics.ts'
import { defineProblem, plain, type GeneratedProblem } from '../problem.ts'

/**
 * One step tells a number n (as n / length) and a value v, then come blank steps: the network writes the n values v/n, 2v/n ... v and says
 * at the last one that it stops.
 */
function count(length: number): GeneratedProblem {
  const list = (values: ArrayLike<number>) => Array.from(values, (v) => v.toFixed(2)).join(' ')
  return {
    ...plain,
    topology: 'each',
    input: { lines: 2 },
    output: { kind: 'number', stop: true },
    symbols: [],
    labels: [],
    tolerance: 0.04,
    longest: { input: length, answer: 1 },
    draw(random) {
      const n = 1 + random.below(length)
      const value = 2 * random.uniform() - 1
      const input = new Float64Array(2 * n)
      input[0] = n / length
      input[1] = value
      return { input, answer: Array.from({ length: n }, (_, k) => (value * (k + 1)) / n) }
    },
    show: ({ input, answer }) => ({
      input: `n = ${answer.length}, v = ${input[1]!.toFixed(2)}`,
      expected: list(answer),
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
