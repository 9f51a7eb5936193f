// Metrics against their rows: whatever a training records has a row, no row is left unrecorded, and what ranks runs is recorded.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { forcingConfig } from '../../src-main/contract/config/forcing.ts'
import {
  commonMetrics,
  directionOf,
  fillPattern,
  matchPattern,
  metricRow,
  rankingSummary,
  tokensPerSecond,
  validationLoss,
  fullTitle,
} from '../../src-main/contract/metrics.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import { problems } from '../../src-main/engine/tasks/memoryProblem/problems/index.ts'
import { taskFacts, taskRow, tasks } from '../../src-main/engine/tasks/index.ts'
import { grouped, type FlatOptions } from '../options.ts'

const prose = 'the cat sat on a mat, and a dog ran. '.repeat(20)
const lines = (line: (i: number) => string) => Array.from({ length: 40 }, (_, i) => line(i)).join('\n')
const words = (i: number) => ['red', 'blue cat', 'a big cat', 'dogs'][i % 4]!
const pairs = lines((i) => `${words(i)}\t${words(i + 1)}`)
const numbers = `value\n${lines((i) => Math.sin(i).toFixed(3))}`
const image = { cell: 'md-lstm', hidden: 3 }
const whole = { bptt: 'full' } as const

type Case = [
  name: string,
  task: string,
  text: string,
  data?: object,
  train?: FlatOptions,
  model?: object,
  claims?: object[],
]
const forcings = forcingConfig.shape.mode.unwrap().options
const cases: Case[] = [
  ['characters', 'language-model', prose],
  ['claims', 'language-model', prose, {}, {}, {}, [{ key: 'vowel', name: 'vowels', predicate: 'vowel', layer: 0, signal: 'h' }]],
  ['words', 'language-model', prose, { unit: 'word', vocabulary: 8 }],
  ['windows', 'language-model', prose, {}, { bptt: 'windows' }],
  ['held-out windows beside an n-gram model', 'language-model', prose, { context: 'window', ngram: 2 }, { bptt: 'windows' }],
  ['without validation', 'language-model', prose, { validation: 0 }],
  ...forcings.map((forcing): Case => [`forcing ${forcing}`, 'language-model', prose, {}, { forcing, discriminatorUnits: 2 }]),
  ...forcings.map((forcing, i): Case => [`pairs, forcing ${forcing}`, 'sequence-to-sequence', pairs, {}, { ...whole, forcing, discriminatorUnits: 2 }, { attention: ['additive', 'multiplicative', 'none'][i % 3] }]),
  ['activity penalty', 'language-model', prose, {}, { activityRegularization: 0.1 }],
  ['fraternal dropout', 'language-model', prose, {}, { fraternalDropout: 0.1, dropout: 0.2 }],
  ['penalty on vanishing gradients', 'language-model', prose, {}, { vanishingGradientPenalty: 0.1 }],
  ['squared errors', 'language-model', prose, {}, { loss: 'mse' }],
  ['Hessian-free', 'language-model', prose, {}, { optimizer: 'hessianfree', cgIterations: 2, lineSearch: 3 }],
  ['labelled lines', 'sequence-classification', lines((i) => `${i % 2 ? 'good' : 'bad'}\t${words(i)}`), {}, { ...whole, steps: 8 }],
  ['tagged lines', 'sequence-labelling', lines((i) => `a/X ${words(i).split(' ')[0]!}/Y`), {}, whole],
  ['forecast', 'series-forecast', numbers, { history: 3 }, whole],
  ['forecast with an interval', 'series-forecast', numbers, { history: 3, horizon: 2, season: 4 }, { ...whole, loss: 'quantile' }],
  ['music', 'music-model', lines((i) => `60+${62 + (i % 9)} 64 . 60`), {}, whole],
  ['images by rows', 'image-rows', `{"form":"images","rows":1,"columns":3,"classes":["a","b"]}\n${lines((i) => (i % 2 ? 'a\tAAAA' : 'b\t////'))}`, {}, whole],
  ['frames', 'next-frame', `{"form":"frames","rows":1,"columns":3}\n${lines(() => '\tAAAA////AAAA////')}`, {}, whole],
  ['series, whole', 'symbol-series', '', {}, { ...whole, batch: 1, optimizer: 'sgd' }],
  ['series, online', 'symbol-series', '', {}, { bptt: 'online', batch: 1, optimizer: 'sgd', clipNorm: 0, steps: 50 }, { cell: 'elman', input: 'onehot' }],
  ['addition', 'binary-addition', '', { bits: 3 }, whole],
  ['flip-flop', 'flip-flop', '', { length: 4 }, whole],
  ['pixels', 'pixel-model', '', { size: 8, levels: 2 }, { ...whole, batch: 2 }, image],
  ['image classes', 'image-classification', '', { size: 8, levels: 2, texture: 'mixed' }, { ...whole, batch: 2 }, image],
  ...problems.map(({ id }): Case => [id, 'memory-problem', '', { problem: id, length: 4 }, whole]),
  ['parity after every bit', 'memory-problem', '', { problem: 'parity', length: 4, asked: 'each' }, whole],
] // prettier-ignore

const { executor } = chooseExecutor('auto', 1)

const known = new Map<Case, ReturnType<typeof record>>()
/** The configuration of a case and what a run of it records, trained once. */
function recorded(row: Case) {
  const found = known.get(row) ?? record(row)
  known.set(row, found)
  return found
}

function record([, task, text, data = {}, train = {}, model = {}, claims]: Case) {
  const config = parseConfig({
    seed: 1,
    task,
    data,
    model: { hidden: 4, embedding: 3, ...model },
    ...(claims && { claims }),
    ...grouped({ batch: 4, window: 4, steps: 3, logEvery: 1, gradientEvery: 2, sampleEvery: 0, ...train }),
  }) as RunConfig
  const names = new Set<string>()
  for (const event of openTraining({ config, text }, executor).events())
    if (event.kind === 'metrics' || event.kind === 'flow')
      for (const name of Object.keys(event.values)) names.add(name)
  return { config, names: [...names] }
}

describe('rows of metrics', () => {
  it.each(cases.map((row) => [row[0], row] as const))(
    '%s: all that is recorded has a row, and what ranks the run is recorded',
    (_, row) => {
      const { config, names } = recorded(row)
      const { metrics } = taskRow(config.task)
      for (const name of names) {
        const found = metricRow(name, metrics)
        expect(found, name).toBeDefined()
        expect(directionOf(name, taskFacts(config)), name).toBe(found!.direction)
      }
      expect(names).toContain(taskFacts(config).rankedBy)
    },
  )

  it('are all recorded by some training', () => {
    const seen = new Set(
      cases.map(recorded).flatMap(({ config, names }) => {
        const { metrics } = taskRow(config.task)
        return names.map((name) => metricRow(name, metrics))
      }),
    )
    // Every task that validates has a loss of its own; the speed is measured by the worker.
    const measuredElsewhere = [validationLoss, tokensPerSecond]
    const rows = [...commonMetrics, ...tasks.flatMap(({ metrics }) => metrics)]
    expect(rows.filter((row) => !seen.has(row) && !measuredElsewhere.includes(row))).toEqual([])
  })

  it('rank runs by a metric of their task that is better one way', () => {
    for (const { metrics, rankedBy } of tasks) expect(metricRow(rankedBy, metrics)?.direction).not.toBeNull()
  })

  it('say the same title and direction of a name in all tasks', () => {
    const words = new Map(commonMetrics.map((row) => [row.name, row]))
    for (const row of tasks.flatMap(({ metrics }) => metrics)) {
      const { title, direction, dependsOn } = words.get(row.name) ?? row
      expect(row).toMatchObject({ title, direction, ...(dependsOn && { dependsOn }) })
      words.set(row.name, row)
    }
    for (const { about, title } of words.values()) expect([title, about]).not.toContain('')
  })
})

describe('a metric', () => {
  it('of a layer or a weight has the row of its pattern', () => {
    const name = fillPattern('a/*/b', 'layers.0')
    expect([
      matchPattern('a/*/b', name),
      matchPattern('a/*/b', 'a//b'),
      matchPattern('a/*/b', 'a/b'),
    ]).toEqual(['layers.0', undefined, undefined])
  })

  it('without a row is neither better nor worse', () => {
    expect(metricRow('made/up')).toBeUndefined()
    for (const name of ['made/up', 'constructor', 'toString'])
      expect(directionOf(name, { directions: {} }), name).toBeNull()
  })

  it('is called by the part of the data that it is measured on', () => {
    expect(fullTitle({ name: 'val/loss', title: 'Loss' })).toBe('Validation loss')
    expect(fullTitle({ name: 'train/loss', title: 'Loss' })).toBe('Training loss')
    expect(fullTitle({ name: 'system/memory', title: 'system/memory' })).toBe('system/memory')
  })

  it('that ranks a run is the one of its task, else the training loss', () => {
    const task = { rankedBy: 'val/loss' }
    const [train, val] = [{ name: 'train/loss' }, { name: 'val/loss' }]
    expect(rankingSummary({ task, summaries: [train, val] })).toBe(val)
    expect(rankingSummary({ task, summaries: [{ name: 'x' }, train] })).toBe(train)
    expect(rankingSummary({ task, summaries: [] })).toBeUndefined()
  })
})
