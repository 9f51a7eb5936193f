// Which examples a step learns from, and the length they are padded to: pure functions of the step, so a resumed run needs no cursor.
// With buckets the examples of several batches are put in order of length before they are divided.
import { randomStream } from '../../run/random.ts'
import { shuffled } from '../../data/streams.ts'
import { answerSteps, stepsOf, type Example, type Shape } from './example.ts'
import type { GeneratedProblem } from '../memoryProblem/problem.ts'

/** Steps of input and answer that a program is laid out for. */
export interface Length {
  input: number
  answer: number
}

type Seed = readonly [lo: number, hi: number]

/** Batches whose examples are sorted together. */
const groupBatches = 16
const streams = { train: 0x6d656d31, held: 0x6d656d32, lengths: 0x6d656d33, order: 0x6d656d34 }
/** Held-out examples are the same for every run. */
const heldSeed: Seed = [0x68656c64, 0x6f757421]

export interface Batches {
  stepsPerEpoch: number
  /** Examples of update `step`; at most `batch`. */
  at(step: number): readonly Example[]
}

/** `count` examples that no step draws. */
export function heldExamples(task: GeneratedProblem, count: number): readonly Example[] {
  if (task.held) return task.held
  const random = randomStream({ seed: heldSeed, step: 0 }, streams.held)
  return Array.from({ length: count }, () => task.draw(random))
}

/** Examples to learn the usual lengths from. */
export function sampleExamples(task: GeneratedProblem, count: number): readonly Example[] {
  const random = randomStream({ seed: heldSeed, step: 0 }, streams.lengths)
  return Array.from({ length: count }, () => task.draw(random))
}

const sizeOf = (shape: Shape, example: Example): number =>
  stepsOf(shape, example) + (shape.topology === 'pair' ? example.answer.length : 0)

export const byLength = (shape: Shape, examples: readonly Example[]): Example[] =>
  [...examples].sort((a, b) => sizeOf(shape, a) - sizeOf(shape, b))

/**
 * At most `count` lengths, shortest first, that hold equal shares of `examples`; the last is `longest`. Those that would not differ are one.
 */
export function bucketLengths(
  shape: Shape,
  examples: readonly Example[],
  count: number,
  longest: Length,
): Length[] {
  const sorted = byLength(shape, examples)
  const lengths: Length[] = []
  let upTo = 0
  const reach: Length = { input: 1, answer: 1 }
  for (let i = 1; i < count; i++) {
    for (const end = Math.floor((i * sorted.length) / count); upTo < end; upTo++) {
      reach.input = Math.max(reach.input, stepsOf(shape, sorted[upTo]!))
      reach.answer = Math.max(reach.answer, answerSteps(shape, sorted[upTo]!))
    }
    const last = lengths.at(-1)
    if (last?.input !== reach.input || last.answer !== reach.answer) lengths.push({ ...reach })
  }
  const last = lengths.at(-1)
  if (last?.input === longest.input && last.answer === longest.answer) lengths.pop()
  return [...lengths, longest]
}

/** The length that holds all of `examples`. */
export const longestOf = (shape: Shape, examples: readonly Example[]): Length => ({
  input: examples.reduce((n, e) => Math.max(n, stepsOf(shape, e)), 1),
  answer: examples.reduce((n, e) => Math.max(n, answerSteps(shape, e)), 1),
})

/** The first length that holds all of `examples`. */
export function bucketOf(shape: Shape, lengths: readonly Length[], examples: readonly Example[]): number {
  const { input, answer } = longestOf(shape, examples)
  const at = lengths.findIndex((length) => input <= length.input && answer <= length.answer)
  return at < 0 ? lengths.length - 1 : at
}

/** Keeps the group made last: steps follow each other. */
function remembered<T>(make: (group: number) => T): (group: number) => T {
  let last: { group: number; value: T } | undefined
  return (group) => (last?.group === group ? last : (last = { group, value: make(group) })).value
}

/** Fresh examples for every step: `perEpoch` of them count as one pass. */
export function freshBatches(
  task: GeneratedProblem,
  batch: number,
  seed: Seed,
  sorted: boolean,
  perEpoch: number,
): Batches {
  const size = sorted ? groupBatches : 1
  const groupAt = remembered((group) => {
    const random = randomStream({ seed, step: group }, streams.train)
    const examples = Array.from({ length: size * batch }, () => task.draw(random))
    return sorted ? byLength(task, examples) : examples
  })
  return {
    stepsPerEpoch: Math.max(1, Math.floor(perEpoch / batch)),
    at(step) {
      const group = Math.floor(step / size)
      const from = (sorted ? shuffled(step % size, size, seed, group) : 0) * batch
      return groupAt(group).slice(from, from + batch)
    },
  }
}

/** Every example once per epoch, in an order of its own; the last batch holds what is left. */
export function shuffledBatches(
  shape: Shape,
  examples: readonly Example[],
  batch: number,
  seed: Seed,
  sorted: boolean,
): Batches {
  const stepsPerEpoch = Math.ceil(examples.length / batch)
  const size = sorted ? groupBatches : 1
  const groups = Math.ceil(stepsPerEpoch / size)
  const groupAt = remembered((group) => {
    const epoch = Math.floor(group / groups)
    const from = (group % groups) * size * batch
    const count = Math.min(size * batch, examples.length - from)
    const order = Array.from({ length: count }, (_, i) => shuffled(from + i, examples.length, seed, epoch))
    const drawn = order.map((at) => examples[at]!)
    return sorted ? byLength(shape, drawn) : drawn
  })
  return {
    stepsPerEpoch,
    at(step) {
      const within = step % stepsPerEpoch
      const group = Math.floor(step / stepsPerEpoch) * groups + Math.floor(within / size)
      const drawn = groupAt(group)
      const batches = Math.ceil(drawn.length / batch)
      const turn = within % size
      const from = (sorted ? shuffled(turn, batches, orderSeed(seed), group) : turn) * batch
      return drawn.slice(from, from + batch)
    },
  }
}

const orderSeed = ([lo, hi]: Seed): Seed => [(lo ^ streams.order) >>> 0, hi]
