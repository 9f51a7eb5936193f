// Batches of examples and their padded lengths, as pure functions of the step, so a resumed run needs no cursor. With buckets, the examples
// of several batches are sorted by length before they are divided into batches.
import { randomStream } from '../../run/random.ts'
import { shuffledIndex } from '../../data/streams.ts'
import { answerSteps, stepsOf, type Example, type Layout } from './example.ts'
import type { GeneratedProblem } from '../memoryProblem/problem.ts'

/** Padded lengths of a program, in steps: of the input, and of the answer of a pair. */
export interface Length {
  input: number
  answer: number
}

type Seed = readonly [lo: number, hi: number]

/** Number of batches whose examples are sorted together. */
const groupBatches = 16
const streams = { train: 0x6d656d31, heldOut: 0x6d656d32, lengths: 0x6d656d33, order: 0x6d656d34 }
/** Seed of the held-out examples, the same for every run. */
const heldOutSeed: Seed = [0x68656c64, 0x6f757421]

export interface Batches {
  stepsPerEpoch: number
  /** Examples of update `step`; at most `batch`. */
  at(step: number): readonly Example[]
}

/** The problem's own held-out examples, else `count` examples from a random stream that training does not use. */
export function heldOutExamples(task: GeneratedProblem, count: number): readonly Example[] {
  if (task.heldOut) return task.heldOut
  const random = randomStream({ seed: heldOutSeed, step: 0 }, streams.heldOut)
  return Array.from({ length: count }, () => task.draw(random))
}

/** `count` examples from which the lengths of buckets are estimated. */
export function lengthSample(task: GeneratedProblem, count: number): readonly Example[] {
  const random = randomStream({ seed: heldOutSeed, step: 0 }, streams.lengths)
  return Array.from({ length: count }, () => task.draw(random))
}

const totalSteps = (shape: Layout, example: Example): number =>
  stepsOf(shape, example) + (shape.topology === 'pair' ? example.answer.length : 0)

/** The examples sorted by their number of steps, shortest first. */
export const byLength = (shape: Layout, examples: readonly Example[]): Example[] =>
  [...examples].sort((a, b) => totalSteps(shape, a) - totalSteps(shape, b))

/** At most `count` distinct bucket lengths, shortest first, each for an equal share of `examples`; the last one is `longest`. */
export function bucketLengths(
  shape: Layout,
  examples: readonly Example[],
  count: number,
  longest: Length,
): Length[] {
  const sorted = byLength(shape, examples)
  const lengths: Length[] = []
  let taken = 0
  const covered: Length = { input: 1, answer: 1 }
  for (let i = 1; i < count; i++) {
    for (const end = Math.floor((i * sorted.length) / count); taken < end; taken++) {
      covered.input = Math.max(covered.input, stepsOf(shape, sorted[taken]!))
      covered.answer = Math.max(covered.answer, answerSteps(shape, sorted[taken]!))
    }
    const last = lengths.at(-1)
    if (last?.input !== covered.input || last.answer !== covered.answer) lengths.push({ ...covered })
  }
  const last = lengths.at(-1)
  if (last?.input === longest.input && last.answer === longest.answer) lengths.pop()
  return [...lengths, longest]
}

/** The shortest padded length that fits all of `examples`. */
export const maxLengthOf = (shape: Layout, examples: readonly Example[]): Length => ({
  input: examples.reduce((n, e) => Math.max(n, stepsOf(shape, e)), 1),
  answer: examples.reduce((n, e) => Math.max(n, answerSteps(shape, e)), 1),
})

/** Index of the first bucket that fits all of `examples`, else of the last one. */
export function bucketOf(shape: Layout, lengths: readonly Length[], examples: readonly Example[]): number {
  const { input, answer } = maxLengthOf(shape, examples)
  const at = lengths.findIndex((length) => input <= length.input && answer <= length.answer)
  return at < 0 ? lengths.length - 1 : at
}

/** Caches the latest group, since consecutive steps read the same one. */
function cacheLast<T>(make: (group: number) => T): (group: number) => T {
  let last: { group: number; value: T } | undefined
  return (group) => (last?.group === group ? last : (last = { group, value: make(group) })).value
}

/** Batches of newly drawn examples for every step; `perEpoch` examples count as one epoch. */
export function freshBatches(
  task: GeneratedProblem,
  batch: number,
  seed: Seed,
  sorted: boolean,
  perEpoch: number,
): Batches {
  const size = sorted ? groupBatches : 1
  const groupAt = cacheLast((group) => {
    const random = randomStream({ seed, step: group }, streams.train)
    const examples = Array.from({ length: size * batch }, () => task.draw(random))
    return sorted ? byLength(task, examples) : examples
  })
  return {
    stepsPerEpoch: Math.max(1, Math.floor(perEpoch / batch)),
    at(step) {
      const group = Math.floor(step / size)
      const from = (sorted ? shuffledIndex(step % size, size, seed, group) : 0) * batch
      return groupAt(group).slice(from, from + batch)
    },
  }
}

/** Batches of a fixed set of examples, shuffled anew in every epoch; the last batch of an epoch may be smaller. */
export function shuffledBatches(
  shape: Layout,
  examples: readonly Example[],
  batch: number,
  seed: Seed,
  sorted: boolean,
): Batches {
  const stepsPerEpoch = Math.ceil(examples.length / batch)
  const size = sorted ? groupBatches : 1
  const groups = Math.ceil(stepsPerEpoch / size)
  const groupAt = cacheLast((group) => {
    const epoch = Math.floor(group / groups)
    const from = (group % groups) * size * batch
    const count = Math.min(size * batch, examples.length - from)
    const order = Array.from({ length: count }, (_, i) =>
      shuffledIndex(from + i, examples.length, seed, epoch),
    )
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
      const from = (sorted ? shuffledIndex(turn, batches, orderSeed(seed), group) : turn) * batch
      return drawn.slice(from, from + batch)
    },
  }
}

const orderSeed = ([lo, hi]: Seed): Seed => [(lo ^ streams.order) >>> 0, hi]
