// Tasks that ask for memory, each example drawn from a stream of random numbers: adding, copy, parity, grammars, brackets, counting,
// reversing, and a sequence of a length that is told at its start. Nothing is stored; a seed gives the same examples.
import type { MemoryData } from '../../../contract/config.ts'
import type { randomStream } from '../../run/random.ts'
import type { Example, Problem } from '../examples/example.ts'
import {
  countingExample,
  countingSymbols,
  drawDyck,
  drawReber,
  dyckSymbols,
  dyckThreshold,
  longestReber,
  reberSymbols,
} from './grammars.ts'

type Random = ReturnType<typeof randomStream>

export interface MemoryTask extends Problem {
  /** A fresh example. */
  draw(random: Random): Example
  /** Examples to validate on that are not drawn: every length once. */
  held?: readonly Example[]
}

const letters = 'abcdefghijklmnopqrstuvwxyz'
const digits = (n: number) => n.toFixed(3)
const plain = {
  unknown: -1,
  space: '',
  judge: { kind: 'likeliest' },
  tolerance: 0,
  next: false,
  uniform: false,
  beyond: false,
} as const

/**
 * Two lines, a value in 0..1 and a mark; two steps are marked, one in each half; the answer is the sum of their values
 * (Hochreiter & Schmidhuber 1997, as Le et al. 2015 pose it). Always answering 1 has a squared error of 1/6.
 */
function adding(length: number): MemoryTask {
  const half = Math.floor(length / 2)
  return {
    ...plain,
    topology: 'one',
    input: { lines: 2 },
    output: { kind: 'number', stop: false },
    symbols: [],
    labels: [],
    tolerance: 0.04,
    longest: { input: length, answer: 1 },
    uniform: true,
    draw(random) {
      const input = new Float64Array(2 * length)
      for (let t = 0; t < length; t++) input[2 * t] = random.uniform()
      const marks = [random.below(half), half + random.below(length - half)]
      for (const t of marks) input[2 * t + 1] = 1
      return { input, answer: [marks.reduce((s, t) => s + input[2 * t]!, 0)] }
    },
    show({ input, answer }) {
      const marked = Array.from({ length }, (_, t) => t).filter((t) => input[2 * t + 1] === 1)
      const terms = marked.map((t) => `${digits(input[2 * t]!)} (step ${t + 1})`)
      return { input: terms.join(' + '), expected: digits(answer[0]!) }
    },
  }
}

/** `length` symbols of eight, `delay` blanks, a mark, then the symbols are asked for in order. */
function copy(length: number, delay: number): MemoryTask {
  const kinds = 8
  const symbols = ['·', ...letters.slice(0, kinds), '?']
  const steps = 2 * length + delay
  return {
    ...plain,
    topology: 'each',
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: kinds },
    symbols,
    labels: symbols.slice(1, 1 + kinds),
    longest: { input: steps, answer: 1 },
    uniform: true,
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

/** Bits; whether the number of ones is odd: after the last bit, or after every bit. */
function parity(length: number, asked: 'end' | 'each'): MemoryTask {
  return {
    ...plain,
    topology: asked === 'end' ? 'one' : 'each',
    input: { symbols: 2 },
    output: { kind: 'bit' },
    symbols: ['0', '1'],
    labels: ['even', 'odd'],
    longest: { input: length, answer: 1 },
    draw(random) {
      const input = Array.from({ length: 1 + random.below(length) }, () => random.below(2))
      let odd = 0
      const answer = input.map((bit) => (odd ^= bit))
      return { input, answer: asked === 'end' ? [odd] : answer }
    },
  }
}

function reber(embedded: boolean): MemoryTask {
  return {
    ...plain,
    topology: 'each',
    next: true,
    input: { symbols: reberSymbols.length },
    output: { kind: 'classes', count: reberSymbols.length },
    symbols: reberSymbols,
    labels: reberSymbols,
    judge: { kind: 'legal', threshold: 0.3 },
    longest: { input: longestReber - 1, answer: 1 },
    draw: (random) => drawReber(random, embedded),
  }
}

function dyck(kinds: number, depth: number, length: number): MemoryTask {
  const symbols = dyckSymbols(kinds)
  return {
    ...plain,
    topology: 'each',
    next: true,
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: symbols.length },
    symbols,
    labels: symbols,
    judge: { kind: 'legal', threshold: dyckThreshold(kinds) },
    longest: { input: length + 1, answer: 1 },
    draw: (random) => drawDyck(random, kinds, depth, length),
  }
}

/** a^n b^n, n up to `length`, judged up to twice that: the number of a's must be counted (Gers & Schmidhuber 2001). */
function counting(length: number): MemoryTask {
  return {
    ...plain,
    topology: 'each',
    next: true,
    input: { symbols: countingSymbols.length },
    output: { kind: 'classes', count: countingSymbols.length },
    symbols: countingSymbols,
    labels: countingSymbols,
    judge: { kind: 'determined' },
    longest: { input: 2 * length + 1, answer: 1 },
    draw: (random) => countingExample(1 + random.below(length)),
    beyond: true,
    held: Array.from({ length: 2 * length }, (_, i) => ({
      ...countingExample(i + 1),
      ...(i >= length && { beyond: true as const }),
    })),
  }
}

/** A word is read whole, then written backwards, with an end token. */
function reverse(length: number): MemoryTask {
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

/**
 * One step tells a number n (as n / length) and a value v, then come blank steps: the network writes the n values v/n, 2v/n ... v and says
 * at the last one that it stops.
 */
function count(length: number): MemoryTask {
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

/** The generated task of a configuration. */
export function memoryTask({ problem, length, delay, asked, kinds, depth }: MemoryData): MemoryTask {
  switch (problem) {
    case 'adding':
      return adding(length)
    case 'copy':
      return copy(length, delay)
    case 'parity':
      return parity(length, asked)
    case 'reber':
    case 'embedded-reber':
      return reber(problem === 'embedded-reber')
    case 'dyck':
      return dyck(kinds, depth, length)
    case 'anbn':
      return counting(length)
    case 'reverse':
      return reverse(length)
    case 'count':
      return count(length)
  }
}
