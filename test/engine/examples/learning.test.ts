// Examples through the engine's public door: learning, buckets that change nothing, resumed runs.
import { describe, expect, it } from 'vitest'
import type { RunConfigInput } from '../../../src-main/contract/config.ts'
import {
  builtinText,
  exportWeights,
  openTraining,
  planRun,
  readCheckpoint,
  type TrainingEvent,
} from '../../../src-main/engine/index.ts'
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { TrainingPrograms, programsOf } from '../../../src-main/engine/training/trainingPrograms.ts'
import { grouped, type FlatOptions } from '../../options.ts'
import {
  reference,
  fastest,
  hash,
  configOf,
  learn,
  tableOf,
  rareWords,
  tagged,
  pairs,
  labelled,
} from './learnt.ts'

describe('learning', () => {
  it.each([2, 5, 7])('a^n b^n with n up to %i shows longer strings than it learns from', (length) => {
    const { events } = learn(
      configOf({
        data: { kind: 'memory', problem: 'anbn', length },
        model: { cell: 'lstm', hidden: 4 },
        train: { steps: 2, batch: 4 },
        logging: { sampleEvery: 1 },
      }),
    )
    expect(tableOf(events).rows.map(({ input }) => input.length)).toContain(2 * Math.min(8, 2 * length) + 1)
  })

  it('reber: at least 99.9 % of the sets of a thousand held-out strings', () => {
    const { last, events } = learn(
      configOf({
        data: { kind: 'memory', problem: 'reber' },
        model: { cell: 'lstm', hidden: 16, input: 'onehot' },
        train: { steps: 500, buckets: 4 },
        optimizer: { lr: 0.01 },
        logging: { sampleEvery: 500 },
      }),
    )
    expect(last['val/legal_set_accuracy']).toBeGreaterThanOrEqual(0.999)
    expect(last['val/sequence_accuracy']).toBeGreaterThanOrEqual(0.99)
    // Every second symbol or so is a choice of two; the entropy of that, 0.60, is the best there is.
    expect(last['val/loss']).toBeGreaterThan(0.58)
    expect(last['val/loss']).toBeLessThan(0.63)
    expect(tableOf(events).rows[0]!.expected).toMatch(/^TP /)
  })
  it('reviews: who reads the order of words is right about them all', () => {
    const { last } = learn(
      configOf({
        data: { kind: 'examples' },
        model: { cell: 'gru', hidden: 24 },
        train: { steps: 150, buckets: 3 },
        optimizer: { lr: 0.01 },
      }),
      builtinText('reviews'),
    )
    expect(last['val/accuracy']).toBeGreaterThan(0.99)
  })
  it('rare words: opinions that were read a few times count in lines that were not learnt from', () => {
    const text = rareWords(1500)
    const accuracy = (model: RunConfigInput['model']) =>
      learn(
        configOf({
          data: { kind: 'examples' },
          model: { cell: 'gru', hidden: 24, embedding: 48, ...model },
          train: { batch: 25, steps: 0, epochs: 3 },
          optimizer: { lr: 0.005 },
        }),
        text,
      ).last['val/accuracy']!
    const usual = accuracy({})
    expect(usual).toBeGreaterThan(0.8)
    expect(usual - accuracy({ embeddingInit: 'normal', embeddingScale: 1 })).toBeGreaterThan(0.15)
  })
  it('reverse: a decoder writes words backwards by itself, and stops', () => {
    const { last } = learn(
      configOf({
        data: { kind: 'memory', problem: 'reverse', length: 4 },
        model: { cell: 'gru', hidden: 32, input: 'onehot' },
        train: { steps: 400 },
        optimizer: { lr: 0.01 },
      }),
    )
    expect(last['val/sequence_accuracy']).toBeGreaterThan(0.9)
    expect(last['val/length_accuracy']).toBeGreaterThan(0.98)
  })
})

const cases: [string, RunConfigInput, string][] = [
  ['labelled, balanced labels', { data: { kind: 'examples' }, model: { cell: 'gru', hidden: 5, embedding: 3, pooling: 'attention' }, train: { classWeights: 'balanced' } }, labelled],
  ['tagged, both directions', { data: { kind: 'examples', format: 'tagged' }, model: { cell: 'lstm', hidden: 5, embedding: 3, bidirectional: true } }, tagged],
  ['pairs by characters', { data: { kind: 'examples', format: 'pairs', unit: 'char' }, model: { cell: 'lstm', hidden: 6, embedding: 3, bidirectional: true } }, pairs],
  ['embedded reber', { data: { kind: 'memory', problem: 'embedded-reber' }, model: { cell: 'rnn', hidden: 6, input: 'onehot' } }, ''],
  ['count', { data: { kind: 'memory', problem: 'count', length: 6 }, model: { cell: 'gru', hidden: 6 } }, ''],
] // prettier-ignore

describe.each(cases)('%s', (_, given, text) => {
  const config = (options: FlatOptions) =>
    configOf({ ...given, ...grouped({ batch: 4, steps: 24, ...given.train, ...options }) })

  it('has the same validation with any number of buckets, and the same loss of any batch', () => {
    const [one, four] = [1, 4].map((buckets) => {
      const own = config({ buckets })
      const task = taskOf(own, text)
      const programs = programsOf(task, own)
      const loaded = new TrainingPrograms(task, programs, reference)
      loaded.initialise(own)
      return { task, programs, loaded, values: loaded.validate(own.seed, 0, undefined)! }
    }) as [Held, Held]
    expect(four.programs.shorter.length).toBeGreaterThan(0)
    expect(four.values).toEqual(
      Object.fromEntries(Object.entries(one.values).map(([k, v]) => [k, expect.closeTo(v, 10) as number])),
    )
    // The batches of the buckets, padded to the longest.
    const used = new Set<number>()
    for (let step = 0; step < 12; step++) {
      const [long, fits] = [four.loaded.main, four.loaded.at(step)]
      used.add(four.task.buckets!.of(step))
      const losses = [fits, long].map((executable) => {
        four.loaded.initialise(config({}))
        four.task.feed(executable, step)
        executable.run({ seed: [1, 2], step })
        return executable.scalar('loss')
      })
      expect(losses[0]).toBeCloseTo(losses[1]!, 10)
    }
    expect(used.size).toBeGreaterThan(1)
  })

  it('resumed in the middle of an epoch = uninterrupted, and what it takes is what was planned', () => {
    const own = config({ buckets: 3, logEvery: 5, evalEvery: 7, sampleEvery: 9, dropout: 0.2 })
    const whole = openTraining({ config: own, text }, fastest)
    const expected = [...whole.events()].filter((e) => e.kind !== 'step')
    const end = hash(whole.checkpoint())
    const first = openTraining({ config: own, text }, fastest)
    const events: TrainingEvent[] = []
    for (const event of first.events()) {
      if (event.kind !== 'step') events.push(event)
      else if (event.step === 11) break
    }
    const bytes = first.checkpoint()
    const second = openTraining({ config: own, text, resume: bytes }, fastest)
    for (const event of second.events()) if (event.kind !== 'step') events.push(event)
    expect(events).toEqual(expected)
    expect(hash(second.checkpoint())).toBe(end)
    expect(planRun(own, text, fastest, 2 ** 30).memoryBytes).toBe(whole.memoryBytes)
    // Weights alone keep the names of the classes.
    expect(readCheckpoint(exportWeights(bytes)).labels).toEqual(readCheckpoint(bytes).labels)
  })
})

interface Held {
  task: ReturnType<typeof taskOf>
  programs: ReturnType<typeof programsOf>
  loaded: TrainingPrograms
  values: Record<string, number>
}
