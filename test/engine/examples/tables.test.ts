// Examples through the engine's public door: tables of answers, class weights, refusals, looking inside.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { inspectText, openModel, planRun, sampleText } from '../../../src-main/engine/index.ts'
import { taskOf } from '../../../src-main/engine/tasks/index.ts'
import { TrainingPrograms, programsOf } from '../../../src-main/engine/training/trainingPrograms.ts'
import { reference, fastest, configOf, learn, tableOf, tagged, pairs, labelled } from './learnt.ts'

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
    const { training } = learn(
      configOf({
        data: { kind: 'memory', problem: 'reber' },
        model: { cell: 'gru', hidden: 16, input: 'onehot' },
        train: { steps: 300 },
        optimizer: { lr: 0.01 },
      }),
    )
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
