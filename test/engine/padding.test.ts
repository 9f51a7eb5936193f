// Padding changes nothing. A batch that is padded further trains and records what it does unpadded, over pairs of topology, cell, wrapper
// and penalty; a short batch of unlike lengths trains what its sequences do one by one, each by its share of the answers.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { shuffledIndex } from '../../src-main/engine/data/streams.ts'
import { openTraining, type TrainingEvent } from '../../src-main/engine/index.ts'
import { seedWords } from '../../src-main/engine/nn/initialise.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { expectClose } from './check.ts'
import { pairwise, type Row } from './pairs.ts'
import { grouped, type FlatOptions } from '../options.ts'

type Model = NonNullable<RunConfigInput['model']>

const seed = 5
const factors = {
  topology: ['labelled', 'tagged', 'pairs'],
  cell: ['rnn', 'lstm', 'qrnn', 'bn-lstm', 'hm-lstm', 'jordan'],
  wrapper: ['plain', 'both directions', 'windows', 'residual', 'head'],
  pooling: ['last', 'mean', 'max', 'attention'],
  penalty: ['activity', 'fraternal', 'omega', 'zoneout', 'professor', 'own symbols', 'hessianfree'],
} as const
type Case = Row<typeof factors>
type Penalised = Omit<Case, 'penalty'> & { penalty: Case['penalty'] | 'none' }

const wrappers: Record<Case['wrapper'], Model> = {
  plain: {},
  'both directions': { layers: 2, bidirectional: true },
  windows: { layers: 2, subsample: 2, bidirectional: true },
  residual: { layers: 3, residual: true },
  head: { layers: 2, hiddenReadout: 3 },
}

const penalties: Record<Case['penalty'] | 'none', FlatOptions> = {
  none: {},
  activity: { activityRegularization: 3 },
  fraternal: { fraternalDropout: 2, dropout: 0.4 },
  omega: { vanishingGradientPenalty: 0.5 },
  zoneout: { zoneout: 0.3, dropout: 0.4, recurrentDropout: 0.3, dropoutMask: 'variational' },
  professor: { forcing: 'professor', discriminatorUnits: 3, discriminatorWeight: 1 },
  'own symbols': { forcing: 'ratio', ratio: 0.5 },
  hessianfree: {
    optimizer: 'hessianfree',
    structuralDamping: 0.3,
    preconditioner: 'fisher',
    cgIterations: 3,
  },
}

/** Rows that a configuration allows; every choice of two factors can then be completed to a row. */
function possible({ topology, cell, wrapper, pooling, penalty }: Partial<Penalised>): boolean {
  const forward = cell === 'hm-lstm' || cell === 'jordan'
  if (forward && (wrapper === 'both directions' || wrapper === 'windows')) return false
  const decodes = penalty === 'professor' || penalty === 'own symbols'
  const pools = pooling !== undefined && pooling !== 'last'
  const needed = [...(pools ? ['labelled'] : []), ...(decodes ? ['pairs'] : [])]
  if (new Set([...needed, topology ?? needed[0]]).size > 1) return false
  if ((topology ?? needed[0]) === 'tagged' && wrapper === 'windows') return false
  return !((topology ?? needed[0]) === 'pairs' && cell === 'jordan')
}

/** Options under which a cell counts the steps of its batch. */
const counting: Record<string, Model['options']> = {
  'hm-lstm': { boundaryRate: 0.3, boundaryGain: 0.5, layerNorm: true, topDownBias: true },
}

const configOf = (
  { topology, cell, wrapper, pooling, penalty }: Penalised,
  train: FlatOptions,
  options: Model['options'] = {},
): RunConfig =>
  parseConfig({
    seed,
    data: { kind: 'examples', format: topology, validation: 0.2 },
    model: { cell, hidden: 4, embedding: 3, pooling, options, ...wrappers[wrapper] },
    ...grouped({
      bptt: 'full',
      batch: 4,
      steps: 2,
      optimizer: 'sgd',
      lr: 0.5,
      schedule: 'constant',
      clipNorm: 0,
      logEvery: 1,
      evalEvery: 0,
      sampleEvery: 0,
      gradientEvery: 1,
      checkpointEvery: 1000,
      ...penalties[penalty],
      ...train,
    }),
  }) as RunConfig

const words = ['a', 'b', 'c', 'd', 'e']
const wordsOf = (line: number, length: number) =>
  Array.from({ length }, (_, t) => words[(line * 3 + t * (line + 1)) % 5]!)

/** A line of `length` words in a format. */
function lineOf(topology: Case['topology'], line: number, length: number): string {
  const text = wordsOf(line, length)
  if (topology === 'labelled') return `${line % 2 ? 'odd' : 'even'}\t${text.join(' ')}`
  if (topology === 'tagged') return text.map((word, t) => `${word}/${(line + t) % 3 ? 'X' : 'Y'}`).join(' ')
  return `${text.join(' ')}\t${wordsOf(line + 2, Math.max(1, length - 1)).join(' ')}`
}

/** Lines to learn from, of these lengths, and one that is held out. */
const textOf = (topology: Case['topology'], lengths: readonly number[], held: number) =>
  [...lengths, held].map((length, line) => lineOf(topology, line, length)).join('\n')

/** What a training tells, and its weights at the end. */
function trained(config: RunConfig, text: string, weights?: Uint8Array) {
  const training = openTraining({ config, text, ...(weights && { weights }) }, referenceExecutor())
  const told: TrainingEvent[] = [...training.events()].filter(
    ({ kind }) => kind === 'metrics' || kind === 'flow',
  )
  return { told, tensors: readCheckpoint(training.checkpoint()).tensors }
}

/** Every number in what was told, in order, behind its name. */
function numbersOf(value: unknown, name = ''): [name: string, value: number][] {
  if (typeof value === 'number') return [[name, value]]
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (v, i) => [`${name}.${i}`, v])
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, `${name}.${key}`))
}

const withoutValidation = (told: readonly TrainingEvent[]) =>
  numbersOf(told).filter(([name]) => !name.includes('val/'))

describe('a batch that is padded further trains and records the same', () => {
  it.each(pairwise(factors, possible).map((row) => [Object.values(row).join(', '), row] as const))(
    '%s',
    (_, row) => {
      const [padded, plain] = [9, 5].map((held) =>
        trained(configOf(row, {}, counting[row.cell]), textOf(row.topology, [5, 5, 5, 5], held)),
      ) as [ReturnType<typeof trained>, ReturnType<typeof trained>]
      const [found, right] = [padded, plain].map(({ told }) => withoutValidation(told)) as [
        [string, number][],
        [string, number][],
      ]
      expect(found.map(([name]) => name)).toEqual(right.map(([name]) => name))
      right.forEach(([name, value], i) => expect(found[i]![1], name).toBeCloseTo(value, 8))
      for (const [name, { data }] of plain.tensors)
        expectClose(padded.tensors.get(name)!.data, data, 1e-8, name)
    },
  )
})

/** Without random numbers and with one mean in the loss: over the sequences, or over the answers (which are the steps of a tagged line). */
const shared = {
  topology: ['labelled', 'tagged', 'pairs'],
  cell: ['rnn', 'lstm', 'qrnn', 'hm-lstm', 'jordan'],
  wrapper: factors.wrapper,
  pooling: factors.pooling,
  penalty: ['none', 'activity', 'omega'],
} as const

const isShared = (row: Partial<Row<typeof shared>>): boolean => {
  if (row.penalty === 'activity' && row.topology !== 'tagged')
    return row.topology === undefined && possible({ ...row, topology: 'tagged' })
  if (row.penalty === 'omega' && row.topology !== 'labelled')
    return row.topology === undefined && possible({ ...row, topology: 'labelled' })
  return possible(row)
}

describe('a short batch of unlike lengths trains what its sequences do one by one', () => {
  const lengths = [2, 7, 4]
  it.each(pairwise(shared, isShared).map((row) => [Object.values(row).join(', '), row] as const))(
    '%s',
    (_, row) => {
      const config = (batch: number, more: FlatOptions = {}) =>
        configOf(row, { batch, steps: 1, gradientEvery: 0, ...more })
      const text = textOf(row.topology, lengths, 7)
      const start = openTraining({ config: config(4), text }, referenceExecutor()).checkpoint()
      const before = readCheckpoint(start).tensors
      const whole = trained(config(4), text, start)
      // The first update of a run reads the same place of the text; each line comes to stand there once.
      const place = shuffledIndex(0, 3, seedWords(seed), 0)
      const alone = lengths.map((_, turn) => {
        const lines = text.split('\n')
        const turned = [...lines.slice(turn, 3), ...lines.slice(0, turn), lines[3]].join('\n')
        const line = (place + turn) % 3
        const answers = { labelled: 1, tagged: lengths[line]!, pairs: lengths[line]! }[row.topology]
        return { answers, ...trained(config(1), turned, start) }
      })
      const total = alone.reduce((n, { answers }) => n + answers, 0)
      const lossOf = ({ told }: { told: readonly TrainingEvent[] }) =>
        new Map(numbersOf(told)).get('.0.values.train/loss')!
      const mean = alone.reduce((sum, one) => sum + (one.answers / total) * lossOf(one), 0)
      expect(lossOf(whole)).toBeCloseTo(mean, 10)
      for (const [name, { data }] of before) {
        const moved = Array.from(
          data,
          (old, i) =>
            old +
            alone.reduce(
              (sum, one) => sum + (one.answers / total) * (one.tensors.get(name)!.data[i]! - old),
              0,
            ),
        )
        expectClose(whole.tensors.get(name)!.data, moved, 1e-9, name)
      }
    },
  )
})
