// Examples through the engine's public door: learning, buckets that change nothing, resumed runs, tables, refusals, looking inside.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import type { ExamplesTable } from '../../../src-main/contract/run.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { builtinText, chooseExecutor, exportWeights, inspectText, openModel, openTraining, planRun, readCheckpoint, sampleText, type TrainingEvent } from '../../../src-main/engine/index.ts' // prettier-ignore
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { TrainingPrograms, programsOf } from '../../../src-main/engine/training/trainingPrograms.ts'
import { grouped, type FlatOptions } from '../../options.ts'

const reference = referenceExecutor()
const fastest = chooseExecutor('auto', 1).executor
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const quiet = {
  bptt: 'full',
  evalEvery: 0,
  sampleEvery: 0,
  gradientEvery: 0,
  checkpointEvery: 1_000_000,
} as const
const configOf = ({ train, logging, ...given }: RunConfigInput): RunConfig =>
  parseConfig({ seed: 3, ...given, ...grouped({ ...quiet, ...train, ...logging }) }) as RunConfig

/** Runs to the end; the last value of every metric, and all events. */
function learn(config: RunConfig, text = '', executor = fastest) {
  const events: TrainingEvent[] = []
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) if (event.kind !== 'step') events.push(event)
  const last = Object.assign(
    {},
    ...events.flatMap((e) => (e.kind === 'metrics' ? [e.values] : [])),
  ) as Record<string, number>
  return { last, events, training }
}
const tableOf = (events: readonly TrainingEvent[]): ExamplesTable =>
  events.flatMap((e) => (e.kind === 'sample' && e.table?.kind === 'examples' ? [e.table] : [])).at(-1)!

/** Labelled lines of 12 words: one opinion, which says the label, among words of a long tail. */
function rareWords(lines: number): string {
  const random = randomStream({ seed: [5, 0], step: 0 }, 1)
  const rare = () => `w${Math.floor(4000 ** random.uniform())}`
  return Array.from({ length: lines }, () => {
    const label = random.below(2) ? 'good' : 'bad'
    const words = [`${label}${random.below(60)}`, ...Array.from({ length: 11 }, rare)]
    const order = words.map((word) => ({ word, at: random.uniform() })).sort((a, b) => a.at - b.at)
    return `${label}\t${order.map(({ word }) => word).join(' ')}`
  }).join('\n')
}

describe('learning', () => {
  it.each([2, 5, 7])('a^n b^n with n up to %i shows longer strings than it learns from', (length) => {
    const { events } = learn(configOf({ data: { kind: 'memory', problem: 'anbn', length }, model: { cell: 'lstm', hidden: 4 }, train: { steps: 2, batch: 4 }, logging: { sampleEvery: 1 } })) // prettier-ignore
    expect(tableOf(events).rows.map(({ input }) => input.length)).toContain(2 * Math.min(8, 2 * length) + 1)
  })

  it('reber: at least 99.9 % of the sets of a thousand held-out strings', () => {
    const { last, events } = learn(configOf({ data: { kind: 'memory', problem: 'reber' }, model: { cell: 'lstm', hidden: 16, input: 'onehot' }, train: { steps: 500, buckets: 4 }, optimizer: { lr: 0.01 }, logging: { sampleEvery: 500 } })) // prettier-ignore
    expect(last['val/legal_set_accuracy']).toBeGreaterThanOrEqual(0.999)
    expect(last['val/sequence_accuracy']).toBeGreaterThanOrEqual(0.99)
    // Every second symbol or so is a choice of two; the entropy of that, 0.60, is the best there is.
    expect(last['val/loss']).toBeGreaterThan(0.58)
    expect(last['val/loss']).toBeLessThan(0.63)
    expect(tableOf(events).rows[0]!.expected).toMatch(/^TP /)
  })
  it('reviews: who reads the order of words is right about them all', () => {
    const { last } = learn(configOf({ data: { kind: 'examples' }, model: { cell: 'gru', hidden: 24 }, train: { steps: 150, buckets: 3 }, optimizer: { lr: 0.01 } }), builtinText('reviews')) // prettier-ignore
    expect(last['val/accuracy']).toBeGreaterThan(0.99)
  })
  it('rare words: opinions that were read a few times count in lines that were not learnt from', () => {
    const text = rareWords(1500)
    const accuracy = (model: RunConfigInput['model']) =>
      learn(configOf({ data: { kind: 'examples' }, model: { cell: 'gru', hidden: 24, embedding: 48, ...model }, train: { batch: 25, steps: 0, epochs: 3 }, optimizer: { lr: 0.005 } }), text).last['val/accuracy']! // prettier-ignore
    const usual = accuracy({})
    expect(usual).toBeGreaterThan(0.8)
    expect(usual - accuracy({ embeddingInit: 'normal', embeddingScale: 1 })).toBeGreaterThan(0.15)
  })
  it('reverse: a decoder writes words backwards by itself, and stops', () => {
    const { last } = learn(configOf({ data: { kind: 'memory', problem: 'reverse', length: 4 }, model: { cell: 'gru', hidden: 32, input: 'onehot' }, train: { steps: 400 }, optimizer: { lr: 0.01 } })) // prettier-ignore
    expect(last['val/sequence_accuracy']).toBeGreaterThan(0.9)
    expect(last['val/length_accuracy']).toBeGreaterThan(0.98)
  })
})

const tagged = Array.from(
  { length: 40 },
  (_, i) =>
    ['the/DET dog/NN ate/V', 'a/DET cat/NN', 'dog/NN ran/V ./.', 'the/DET cat/NN ate/V the/DET dog/NN ./.'][
      (i * 7) % 4
    ],
).join('\n')
const pairs = Array.from(
  { length: 40 },
  (_, i) => ['one\t1', 'two one\t21', 'one two two\t122', 'two two\t22'][(i * 7) % 4],
).join('\n')
const labelled = Array.from(
  { length: 45 },
  (_, i) => ['up\tyes yes indeed', 'down\tno', 'up\tyes', 'down\tno no no never', 'down\tnever'][(i * 3) % 5],
).join('\n')

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

describe('the table', () => {
  it.each([
    ['tagged', tagged, 'word'],
    ['pairs', pairs, 'char'],
    ['labelled', labelled, 'word'],
  ] as const)('of %s tells as many right as the validation of the same examples', (format, text, unit) => {
    const data = { kind: 'examples', format, unit, validation: 0.2 } as const
    for (const steps of [3, 12]) {
      const config = configOf({
        data,
        model: { cell: 'gru', hidden: 12, embedding: 6 },
        train: { steps, batch: 8 },
        optimizer: { lr: 0.03 },
        logging: { sampleEvery: steps },
      })
      const { last, events } = learn(config, text.split('\n').slice(0, 40).join('\n'), reference)
      const { rows } = tableOf(events)
      expect(rows).toHaveLength(8)
      const share = rows.filter((row) => row.right).length / 8
      expect(last[format === 'labelled' ? 'val/accuracy' : 'val/sequence_accuracy']).toBeCloseTo(share, 10)
      for (const { expected, predicted, right } of rows)
        if (format !== 'labelled') expect(right).toBe(expected === predicted)
    }
  })
})

describe('label weights', () => {
  it('balanced: the loss of a batch is the mean over labels of their mean losses', () => {
    const config = configOf({
      data: { kind: 'examples', validation: 0 },
      model: { cell: 'rnn', hidden: 3 },
      train: { batch: 45, classWeights: 'balanced' },
    })
    const lossOf = (own: RunConfig, text: string) => {
      const task = taskOf(own, text)
      const loaded = new TrainingPrograms(task, programsOf(task, own), reference)
      loaded.initialise(own)
      task.feed(loaded.main, 0)
      loaded.main.write('lr', [0])
      loaded.main.run({ seed: [1, 2], step: 0 })
      return loaded.main.scalar('loss')
    }
    const lines = labelled.split('\n')
    const plain = { ...config, train: { ...config.train, classWeights: 'none' as const } }
    const up = lines.filter((line) => line.startsWith('up'))
    const [nu, nd] = [up.length, lines.length - up.length]
    expect([nu, nd]).toEqual([18, 27])
    // N * plain = nu * mean of "up" + nd * mean of "down"; 2 * balanced = the sum of both means. So both means are known ...
    const [all, both] = [lossOf(plain, labelled), lossOf(config, labelled)]
    const meanUp = (all * (nu + nd) - 2 * both * nd) / (nu - nd)
    const meanDown = 2 * both - meanUp
    // ... and so is the loss of a text with every "up" twice.
    const doubled = [...lines, ...up].join('\n')
    const bigger = { ...plain, train: { ...plain.train, batch: 63 } }
    expect(lossOf(bigger, doubled)).toBeCloseTo((2 * nu * meanUp + nd * meanDown) / (2 * nu + nd), 10)
  })
})

describe('refusals', () => {
  it.each<[string, RunConfigInput, RegExp]>([
    ['windows', { data: { kind: 'memory' }, train: { bptt: 'truncated' } }, /train\.bptt: .*take "full"/],
    ['pooling of many answers', { data: { kind: 'memory', problem: 'copy' }, model: { pooling: 'mean' } }, /model\.pooling: .*set it to last/],
    ['reading ahead', { data: { kind: 'memory', problem: 'dyck' }, model: { bidirectional: true } }, /model\.bidirectional/],
    ['subsampling of many answers', { data: { kind: 'memory', problem: 'copy' }, model: { subsample: 2 } }, /model\.subsample/],
    ['classes of a sum', { data: { kind: 'memory' }, train: { loss: 'crossentropy' } }, /train\.loss: .*numbers; take mse or sse/],
    ['the last step of two directions through a head', { data: { kind: 'memory' }, model: { bidirectional: true, hiddenReadout: 4 } }, /model\.pooling: .*mean, max or attention/],
    ['an encoder of a cell that feeds back', { data: { kind: 'memory', problem: 'reverse' }, model: { cell: 'jordan' } }, /model\.cell: .*encoder/],
  ])('%s', (_, given, message) => {
    expect(() => planRun(configOf(given), '', reference, 2 ** 30)).toThrow(message)
  }) // prettier-ignore
})

describe('looking inside', () => {
  it.each([
    ['a problem of symbols', { data: { kind: 'memory', problem: 'reber' } }, '', 'BTSSXXTVVE', 10],
    ['words of a labelled text', { data: { kind: 'examples' } }, labelled, 'yes no never', 3],
    [
      'the encoder of pairs',
      { data: { kind: 'examples', format: 'pairs', unit: 'char' } },
      pairs,
      'two one',
      7,
    ],
  ] as const)('shows the units of %s', (_, given, text, typed, tokens) => {
    const config = configOf({ ...given, model: { cell: 'gru', hidden: 5 }, train: { steps: 2, batch: 4 } })
    const model = openModel(learn(config, text, reference).training.checkpoint(), reference)
    const grid = inspectText(model, { text: typed, layer: 0, signal: 'h' })
    expect(grid.tokens).toHaveLength(tokens)
    expect([...grid.values].every((v) => Math.abs(v) <= 1)).toBe(true)
    expect(new Set(grid.values).size).toBeGreaterThan(5)
    expect(() => inspectText(model, { text: 'Ж', layer: 0, signal: 'h' })).toThrow(/never seen "Ж"/)
    expect(() => [
      ...sampleText(model, { prime: '', length: 3, temperature: 1, topK: 0, topP: 1, seed: 1 }),
    ]).toThrow(/which generates no text/)
  })
  it('tells what a grammar lets come next', () => {
    const { training } = learn(configOf({ data: { kind: 'memory', problem: 'reber' }, model: { cell: 'gru', hidden: 16, input: 'onehot' }, train: { steps: 300 }, optimizer: { lr: 0.01 } })) // prettier-ignore
    const grid = inspectText(openModel(training.checkpoint(), fastest), {
      text: 'BTSX',
      layer: 0,
      signal: 'h',
    })
    const next = (t: number) =>
      [0, 1]
        .map((rank) => grid.vocabulary[grid.nextIds[t * grid.k + rank]!])
        .sort()
        .join('')
    expect([0, 1, 2, 3].map(next)).toEqual(['PT', 'SX', 'SX', 'SX'])
    expect(grid.surprisal[1]).toBeCloseTo(Math.log(2), 0)
  })
  it('says that numbers cannot be typed', () => {
    const config = configOf({
      data: { kind: 'memory' },
      model: { cell: 'gru', hidden: 5 },
      train: { steps: 2, batch: 4 },
    })
    const model = openModel(learn(config, '', reference).training.checkpoint(), reference)
    expect(() => inspectText(model, { text: 'a', layer: 0, signal: 'h' })).toThrow(/reads numbers/)
  })
})
