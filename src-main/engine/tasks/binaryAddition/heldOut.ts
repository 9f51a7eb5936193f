// The held-out sums of binary addition, the same in all runs, and as examples with the digits of both summands at every step.
import { randomStream } from '../../run/random.ts'
import type { Example, Problem } from '../examples/example.ts'

export const heldOutCount = 1000
const stream = 0x61646432
const seed = [0x66726573, 0x73756d73] as const

/** Pairs of summands of `bits` bits. */
export function heldOutPairs(bits: number): (readonly [a: number, b: number])[] {
  const random = randomStream({ seed, step: 0 }, stream)
  return Array.from({ length: heldOutCount }, () => [random.below(2 ** bits), random.below(2 ** bits)])
}

/** The digits of a number at steps 0 .. `steps` - 1, least significant first. */
const digitsOf = (n: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, t) => (n >>> t) & 1)

const numberOf = (digits: readonly number[]): number => digits.reduce((n, digit, t) => n + digit * 2 ** t, 0)

/** The sums of the held-out pairs as examples: the digits of both summands in turns, an answer at every digit. */
export const additionExamples = (bits: number): Example[] =>
  heldOutPairs(bits).map(([a, b]) => {
    const [first, second] = [digitsOf(a, bits + 1), digitsOf(b, bits + 1)]
    return { input: first.flatMap((digit, t) => [digit, second[t]!]), answer: digitsOf(a + b, bits + 1) }
  })

/** Binary addition as a problem of examples. */
export const additionProblem = (bits: number): Problem => ({
  topology: 'each',
  input: { channels: 2 },
  output: { kind: 'bit' },
  predictsNext: false,
  words: false,
  dimensions: ['first summand', 'second summand'],
  symbols: [],
  labels: ['0', '1'],
  unknown: -1,
  separator: '',
  judge: { kind: 'argmax' },
  tolerance: 0,
  maxLength: { input: bits + 1, answer: 1 },
  fixedLength: true,
  extrapolates: false,
  formatExample({ input, answer }) {
    const [a, b] = [0, 1].map((at) => numberOf(Array.from(input).filter((_, i) => i % 2 === at)))
    return { input: `${a} + ${b}`, expected: Array.from(answer).join('') }
  },
})
