// What the curves mean: a loss of training is a mean over answers whatever the batch, a validation depends on weights and held-out data
// alone, no figure goes away with many symbols, and unknown words are neither asked for nor written.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import { openModel, openTraining, sampleText, type TrainingEvent } from '../../src-main/engine/index.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { grouped, type FlatOptions } from '../options.ts'

const native = loadNative()
const fastest = 'unavailable' in native ? referenceExecutor() : native
const configOf = (given: RunConfigInput, options: FlatOptions = {}) =>
  parseConfig({
    seed: 3,
    ...given,
    ...grouped({
      ...given.train,
      schedule: 'constant',
      sampleEvery: 0,
      gradientEvery: 0,
      evalEvery: 0,
      ...options,
    }),
  }) as RunConfig

/** Everything told under a name, in order. */
const told = (events: Iterable<TrainingEvent>, name: string) =>
  [...events].flatMap((event) =>
    event.kind === 'metrics' && name in event.values ? [event.values[name]!] : [],
  )

const labelled = ['pos\tgood', 'neg\tbad', 'pos\tgood good good fine', 'neg\tbad bad', 'pos\tfine good', 'neg\tbad good'] // prettier-ignore
const tagged = ['a/X b/Y', 'b/Y', 'a/X b/Y c/X a/X b/Y', 'c/Y c/X a/X', 'b/X']
const pairs = ['a b\tb', 'b c d\td c b b', 'c\tc', 'a a\ta a', 'd c b a\ta']

describe('a loss of training', () => {
  const still = { steps: 0, epochs: 1, lr: 1e-30, optimizer: 'sgd' } as const
  const examples = (format: 'labelled' | 'tagged' | 'pairs', lines: string[]) =>
    [
      format,
      { data: { kind: 'examples', format, validation: 0 }, train: { bptt: 'full' } },
      lines.join('\n'),
    ] as const
  const rare = 'one two two three three three four four four four '.repeat(4)
  const words = { kind: 'text', unit: 'word', vocabulary: 3, validation: 0 } as const
  it.each([
    examples('labelled', labelled),
    examples('tagged', tagged),
    examples('pairs', pairs),
    [
      'labelled, balanced',
      { data: { kind: 'examples', validation: 0 }, train: { bptt: 'full', classWeights: 'balanced' } },
      labelled.slice(0, 5).join('\n'),
    ],
    ['unknown words', { data: words, train: { bptt: 'windows', window: 3 } }, rare],
    [
      'unknown words, balanced',
      { data: words, train: { bptt: 'windows', window: 3, classWeights: 'balanced' } },
      rare,
    ],
  ] as [string, RunConfigInput, string][])(
    'of %s is the mean over all answers, whatever the batch',
    (_, given, text) => {
      const epoch = (batch: number, logEvery: number) => {
        const config = configOf(
          { ...given, model: { hidden: 8, embedding: 4 } },
          { ...still, batch, logEvery },
        )
        const training = openTraining({ config, text }, referenceExecutor())
        const events = [...training.events()]
        return { last: told(events, 'train/epoch_loss').at(-1)!, logged: told(events, 'train/loss') }
      }
      const right = epoch(1, 1).last
      for (const batch of [2, 3, 4]) {
        if (given.data?.kind === 'text' && 37 % batch > 0) continue
        const { last, logged } = epoch(batch, 1000)
        expect(last).toBeCloseTo(right, 12)
        // One point over the whole epoch says the same.
        expect(logged.at(-1)).toBeCloseTo(right, 12)
      }
    },
  )

  it('goes on from the sums of an older checkpoint', () => {
    const config = configOf(
      { data: { kind: 'examples', validation: 0 }, model: { hidden: 4 } },
      { ...still, bptt: 'full', batch: 4, logEvery: 1000 },
    )
    const text = labelled.join('\n')
    const first = openTraining({ config, text }, referenceExecutor())
    for (const event of first.events()) if (event.kind === 'step' && event.step === 1) break
    const read = readCheckpoint(first.checkpoint())
    const older = structuredClone(read.progress) as {
      log: Record<string, number>
      epoch: Record<string, number>
    }
    for (const sums of [older.log, older.epoch]) {
      sums.loss! /= sums.answers!
      delete sums.answers
      delete sums.sequences
    }
    const resume = writeCheckpoint({ ...read, parts: 'full', progress: older })
    const [epoch] = told(
      openTraining({ config, text, resume }, referenceExecutor()).events(),
      'train/epoch_loss',
    )
    // Two steps, each weighing as the second.
    const [whole] = told(openTraining({ config, text }, referenceExecutor()).events(), 'train/epoch_loss')
    expect(Math.abs(epoch! - whole!)).toBeLessThan(0.02)
    expect(epoch).toBeGreaterThan(0)
  })
})

describe('a validation', () => {
  const prose = Array.from(
    { length: 9000 },
    (_, i) => 'the cat sat on a mat. '[(i * i + (i >> 4)) % 22],
  ).join('')
  const lines = (line: (i: number) => string) => Array.from({ length: 400 }, (_, i) => line(i)).join('\n')
  const words = (i: number, n: number) =>
    Array.from({ length: n }, (_, t) => 'abcdefg'[(i * 7 + t * t) % 7]).join(' ')
  const tasks: [string, RunConfigInput, string, FlatOptions[]][] = [
    ['a text', { data: { kind: 'text', validation: 0.4 } }, prose, [
      { bptt: 'truncated', batch: 1, window: 5 }, { bptt: 'truncated', batch: 8, window: 64, stride: 3, stateful: false },
      { bptt: 'truncated', batch: 32, threads: 2 }, { bptt: 'online', batch: 2, window: 8 }, { bptt: 'windows', batch: 40, window: 10 },
    ]],
    ['labelled lines', { data: { kind: 'examples' } }, lines((i) => `${i % 3 ? 'x' : 'y'}\t${words(i, 1 + ((i * i) % 17))}`), [{ batch: 1 }, { batch: 8, buckets: 3 }, { batch: 64, buckets: 8, threads: 2 }]],
    ['pairs', { data: { kind: 'examples', format: 'pairs' } }, lines((i) => `${words(i, 1 + (i % 9))}\t${words(i + 1, 1 + (i % 5))}`), [{ batch: 1 }, { batch: 50, buckets: 4 }]],
    ['a grammar', { data: { kind: 'memory', problem: 'anbn', length: 6 } }, '', [{ batch: 1 }, { batch: 48, buckets: 3 }]],
    ['sums', { data: { kind: 'addition', bits: 6 }, model: { cell: 'elman', input: 'onehot' } }, '', [{ batch: 1, steps: 1 }, { batch: 8, steps: 2 }]],
    ['pictures', { data: { kind: 'image', size: 8 }, model: { cell: 'md-lstm', input: 'embedding', options: { directions: 2 } } }, '', [{ batch: 1 }, { batch: 9 }]],
  ] // prettier-ignore
  it.each(tasks)(
    'of %s is the same to the bit, however training reads its part',
    (_, given, text, trains) => {
      const bptt = given.data?.kind === 'text' ? 'truncated' : 'full'
      const found = trains.map((train) => {
        const config = configOf(
          { ...given, model: { hidden: 6, embedding: 4, ...given.model } },
          { bptt, lr: 1e-30, optimizer: 'sgd', steps: 1, ...train },
        )
        return [...openTraining({ config, text }, fastest).events()]
          .flatMap((e) => (e.kind === 'metrics' && 'val/loss' in e.values ? [e.values] : []))
          .at(-1)
      })
      expect(Object.keys(found[0]!).length).toBeGreaterThan(1)
      for (const other of found.slice(1)) expect(other).toEqual(found[0])
    },
  )
})

describe('the share of right answers', () => {
  const many = Array.from({ length: 700 }, (_, i) => `w${i}`)
  it('is told of any number of symbols, and is that of the likeliest', () => {
    const text = `${many.join(' ')} ${'again and again we say '.repeat(60)}`
    const config = configOf(
      { data: { kind: 'text', unit: 'word', validation: 0.1 }, model: { hidden: 16, embedding: 8 } },
      { window: 5, batch: 8, steps: 300, lr: 0.03 },
    )
    const events = [...openTraining({ config, text }, fastest).events()]
    expect(told(events, 'val/accuracy').at(-1)).toBeGreaterThan(0.9)
    expect(told(events, 'val/perplexity').at(-1)).toBeLessThan(2)
  })

  it.each(['labelled', 'pairs'] as const)('of %s with 700 classes is told too', (format) => {
    const text = many
      .map((word, i) => (format === 'labelled' ? `${word}\ta b` : `a b\t${word} ${many[i >> 1]}`))
      .join('\n')
    const config = configOf(
      { data: { kind: 'examples', format }, model: { hidden: 4, embedding: 4 } },
      { bptt: 'full', steps: 1 },
    )
    const [accuracy] = told(openTraining({ config, text }, fastest).events(), 'val/accuracy')
    expect(accuracy).toBeGreaterThanOrEqual(0)
    expect(accuracy).toBeLessThan(0.1)
  })
})

describe('unknown words', () => {
  // Half of the answers are words that occur once.
  const text = Array.from(
    { length: 80 },
    (_, i) => `go ${i % 2 ? 'left' : 'right'}\t${i % 2 ? 'la' : 'ra'} strange${i} fine`,
  ).join('\n')
  const config = configOf(
    { data: { kind: 'examples', format: 'pairs', vocabulary: 6 }, model: { hidden: 16, embedding: 8 } },
    { bptt: 'full', batch: 10, steps: 60, lr: 0.02, sampleEvery: 60 },
  )

  it('are never written by a decoder, and an answer with one is never exact', () => {
    const events = [...openTraining({ config, text }, fastest).events()]
    const [{ table } = {}] = events.flatMap((e) => (e.kind === 'sample' ? [e] : []))
    const rows = table && 'rows' in table ? table.rows : []
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      // The reference is shown as it stands in the text.
      expect(row.expected).toMatch(/^[lr]a strange\d+ fine$/)
      expect(row.predicted).not.toContain('<unk>')
      expect(row.right).toBe(false)
    }
    expect(told(events, 'val/sequence_accuracy').at(-1)).toBe(0)
    // All that is asked for can be learnt.
    expect(told(events, 'val/loss').at(-1)).toBeLessThan(0.2)
  })

  it('are no targets of a word model: it learns to give them nothing', () => {
    const words = Array.from({ length: 400 }, (_, i) => (i % 3 === 2 ? `odd${i}` : i % 3 ? 'b' : 'a')).join(
      ' ',
    )
    const own = configOf(
      {
        data: { kind: 'text', unit: 'word', vocabulary: 3, validation: 0.2 },
        model: { hidden: 8, embedding: 4 },
      },
      { window: 6, batch: 4, steps: 60, lr: 0.03, sampleEvery: 60 },
    )
    const training = openTraining({ config: own, text: words }, fastest)
    const events = [...training.events()]
    expect(told(events, 'val/loss').at(-1)).toBeLessThan(0.05)
    const [{ text: written } = { text: '<unk>' }] = events.flatMap((e) => (e.kind === 'sample' ? [e] : []))
    expect(written).not.toContain('<unk>')
    // Before it has learnt anything the word has its share: written only when asked for.
    const model = openModel(openTraining({ config: own, text: words }, fastest).checkpoint(), fastest)
    const write = (unknown: boolean) =>
      [...sampleText(model, { prime: '', length: 40, temperature: 1, topK: 0, topP: 1, seed: 1, unknown })]
        .map(({ text }) => text)
        .join('')
    expect([false, true].map((unknown) => write(unknown).includes('<unk>'))).toEqual([false, true])
  })
})
