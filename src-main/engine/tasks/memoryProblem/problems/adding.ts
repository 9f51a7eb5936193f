// The adding problem: the sum of two marked values.
import { squaredError } from '../../examples/metrics.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

const digits = (n: number) => n.toFixed(3)

/**
 * Two inputs per step, a value in 0..1 and a mark; two steps are marked, one in each half; the answer is the sum of their values
 * (Hochreiter & Schmidhuber 1997, as Le et al. 2015 pose it). Always answering 1 has a squared error of 1/6.
 */
function adding(length: number): GeneratedProblem {
  const half = Math.floor(length / 2)
  return {
    ...problemDefaults,
    topology: 'one',
    input: { channels: 2 },
    dimensions: ['value', 'mark'],
    output: { kind: 'number', count: 1, stop: false },
    symbols: [],
    labels: [],
    tolerance: 0.04,
    maxLength: { input: length, answer: 1 },
    fixedLength: true,
    draw(random) {
      const input = new Float64Array(2 * length)
      for (let t = 0; t < length; t++) input[2 * t] = random.uniform()
      const marks = [random.below(half), half + random.below(length - half)]
      for (const t of marks) input[2 * t + 1] = 1
      return { input, answer: [marks.reduce((s, t) => s + input[2 * t]!, 0)] }
    },
    formatExample({ input, answer }) {
      const marked = Array.from({ length }, (_, t) => t).filter((t) => input[2 * t + 1] === 1)
      const terms = marked.map((t) => `${digits(input[2 * t]!)} (step ${t + 1})`)
      return { input: terms.join(' + '), expected: digits(answer[0]!) }
    },
  }
}

export const addingProblem = defineProblem({
  id: 'adding',
  about: 'the sum of two marked values of a long sequence',
  length: 'steps',
  metrics: [squaredError],
  make: ({ length }) => adding(length),
})
