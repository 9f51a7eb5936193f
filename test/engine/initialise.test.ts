// First weights: ranges, orthogonality gate by gate, the forget bias, what each choice leaves alone, and how they spread beside PyTorch's
// (test/fixtures/initialisers.json, written by scripts/oracle/initialisers.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { initialValues, initOf, type InitName } from '../../src-main/engine/nn/initialise.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'

const hidden = 16
function weightsOf(init: InitName, model: RunConfigInput['model'] = {}, seed = 3): Map<string, Float64Array> {
  const config = parseConfig({ seed, model: { cell: 'lstm', hidden, embedding: 8, ...model } }) as RunConfig
  const network = networkOf(config.model, { symbols: 20, outputs: 20, outputBias: true })
  return new Map(
    [...network.weights].map(([name, weight], i) => [
      name,
      initialValues(weight, initOf(weight, { ...config.model, init }), seed, i),
    ]),
  )
}
const bound = (values: Float64Array) => values.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
const variance = (values: Float64Array) => values.reduce((sum, v) => sum + v * v, 0) / values.length

/** Largest |A A^T - 1| of the rows of a (rows, columns) block. */
function rowError(block: Float64Array, rows: number, columns: number): number {
  let worst = 0
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let dot = 0
      for (let k = 0; k < columns; k++) dot += block[i * columns + k]! * block[j * columns + k]!
      worst = Math.max(worst, Math.abs(dot - (i === j ? 1 : 0)))
    }
  }
  return worst
}

describe('initial weights', () => {
  it('default: U(±1/sqrt(H)) for gates and readout, normal embeddings, forget bias 1 and no other', () => {
    const w = weightsOf('default')
    expect(bound(w.get('layers.0.w_ih')!)).toBeLessThanOrEqual(0.25)
    expect(bound(w.get('layers.0.w_hh')!)).toBeGreaterThan(0.24)
    expect(variance(w.get('layers.0.w_hh')!)).toBeCloseTo(0.25 ** 2 / 3, 2)
    expect(variance(w.get('embedding.w')!)).toBeCloseTo(1, 0)
    expect([...w.get('layers.0.b_ih')!]).toEqual([0, 1, 0, 0].flatMap((v) => Array<number>(hidden).fill(v)))
    expect(bound(w.get('layers.0.b_hh')!)).toBe(0)
    expect(weightsOf('default', { options: { forgetBias: 2.5 } }).get('layers.0.b_ih')![hidden]).toBe(2.5)
  })

  it('Elman: U(±1/sqrt(fan in)), each matrix by its own', () => {
    const w = weightsOf('default', { cell: 'elman', input: 'onehot' })
    expect(bound(w.get('layers.0.wx')!)).toBeLessThanOrEqual(1 / Math.sqrt(20))
    expect(bound(w.get('layers.0.wh')!)).toBeGreaterThan(1 / Math.sqrt(20))
    expect(bound(w.get('layers.0.wh')!)).toBeLessThanOrEqual(1 / Math.sqrt(hidden))
  })

  it('uniform over the fan in, Xavier over both fans', () => {
    expect(bound(weightsOf('uniform').get('layers.0.w_ih')!)).toBeCloseTo(1 / Math.sqrt(8), 1)
    const xavier = bound(weightsOf('xavier').get('layers.0.w_ih')!)
    expect(xavier).toBeLessThanOrEqual(Math.sqrt(6 / (hidden + 8)))
    expect(xavier).toBeGreaterThan(0.97 * Math.sqrt(6 / (hidden + 8)))
  })

  it('orthogonal: all singular values 1, in every gate', () => {
    const w = weightsOf('orthogonal')
    for (let gate = 0; gate < 4; gate++) {
      const square = hidden * hidden
      expect(
        rowError(w.get('layers.0.w_hh')!.slice(gate * square, (gate + 1) * square), hidden, hidden),
      ).toBeLessThan(1e-12)
      // More rows than columns: orthonormal columns.
      const tall = w.get('layers.0.w_ih')!.slice(gate * hidden * 8, (gate + 1) * hidden * 8)
      const turned = Float64Array.from(
        { length: tall.length },
        (_, i) => tall[(i % hidden) * 8 + Math.floor(i / hidden)]!,
      )
      expect(rowError(turned, 8, hidden)).toBeLessThan(1e-12)
    }
  })

  it('identity: recurrent matrices only', () => {
    const w = weightsOf('identity', { cell: 'rnn' })
    expect(rowError(w.get('layers.0.w_hh')!, hidden, hidden)).toBe(0)
    expect(w.get('layers.0.w_hh')![0]).toBe(1)
    expect([...w.get('layers.0.w_ih')!]).toEqual([
      ...weightsOf('default', { cell: 'rnn' }).get('layers.0.w_ih')!,
    ])
  })

  it('recurrent matrices by a choice of their own', () => {
    const keras = weightsOf('xavier', { recurrentInit: 'orthogonal' })
    const [xavier, orthogonal] = [weightsOf('xavier'), weightsOf('orthogonal')]
    expect(keras.get('layers.0.w_hh')).toEqual(orthogonal.get('layers.0.w_hh'))
    for (const name of ['layers.0.w_ih', 'readout.w']) expect(keras.get(name)).toEqual(xavier.get(name))
  })

  it('depend on the seed, all 53 bits of it, and differ between weights', () => {
    const first = (seed: number) => weightsOf('default', {}, seed).get('readout.w')![0]
    expect(first(1)).toBe(first(1))
    expect(new Set([first(1), first(2), first(2 ** 32 + 1), first(2 ** 52)]).size).toBe(4)
    const w = weightsOf('default')
    expect(w.get('layers.0.w_ih')![0]).not.toBe(w.get('layers.0.w_hh')![0])
  })
})

describe('initial embeddings', () => {
  const lines = (line: (i: number) => string) => Array.from({ length: 40 }, (_, i) => line(i)).join('\n')
  const prose = 'rain falls on the plain and on the hills '.repeat(40)
  const labelled = lines((i) => `${i % 2 ? 'up' : 'down'}\tword${i} and word${i % 7}`)
  const given: [string, RunConfigInput['data'], string, 'words' | 'symbols'][] = [
    ['characters of a text', { kind: 'text' }, prose, 'symbols'],
    ['words of a text, which are predicted', { kind: 'text', unit: 'word' }, prose, 'symbols'],
    ['words of labelled lines', { kind: 'examples' }, labelled, 'words'],
    ['characters of labelled lines', { kind: 'examples', unit: 'char' }, labelled, 'symbols'],
    [
      'tagged words, whatever the unit says',
      { kind: 'examples', format: 'tagged', unit: 'char' },
      lines((i) => `a${i}/X b${i % 5}/Y`),
      'words',
    ],
    ['words of pairs', { kind: 'examples', format: 'pairs' }, lines((i) => `a${i} b\tc${i % 6} d`), 'words'],
    ['symbols of a generated problem', { kind: 'memory', problem: 'reverse', length: 4 }, '', 'symbols'],
    ['gray levels', { kind: 'image' }, '', 'symbols'],
  ]
  /** All embeddings of a run as it starts. */
  const embeddings = (data: RunConfigInput['data'], text: string, model: RunConfigInput['model'] = {}) => {
    const cell = data!.kind === 'image' ? 'md-lstm' : 'lstm'
    const config = parseConfig({
      seed: 3,
      data,
      model: { cell, hidden: 4, embedding: 64, ...model },
      train: { window: 8, batch: 4, bptt: data!.kind === 'text' ? 'truncated' : 'full' },
    }) as RunConfig
    const training = openTraining({ config, text }, referenceExecutor())
    const { tensors } = readCheckpoint(training.checkpoint())
    return [...tensors]
      .filter(([name]) => /^(encoder\.)?embedding\.w$/.test(name))
      .map(([, t]) => Float64Array.from(t.data))
  }

  it.each(given)('%s', (_, data, text, kind) => {
    const found = embeddings(data, text)
    expect(found).toHaveLength(
      'format' in data! && data.format === 'pairs' ? 2 : data!.kind === 'memory' ? 2 : 1,
    )
    for (const values of found) {
      if (kind === 'words') {
        expect(bound(values)).toBeLessThanOrEqual(0.05)
        expect(Math.abs(variance(values) / (0.05 ** 2 / 3) - 1)).toBeLessThan(0.35)
      } else expect(Math.abs(variance(values) - 1)).toBeLessThan(0.35)
    }
  })

  it('as asked for: normal with a standard deviation, uniform within bounds', () => {
    const [uniform] = embeddings({ kind: 'text' }, prose, { embeddingInit: 'uniform', embeddingScale: 0.3 })
    expect(bound(uniform!)).toBeLessThanOrEqual(0.3)
    expect(bound(uniform!)).toBeGreaterThan(0.29)
    const [normal] = embeddings({ kind: 'examples' }, labelled, {
      embeddingInit: 'normal',
      embeddingScale: 2,
    })
    expect(Math.abs(variance(normal!) / 4 - 1)).toBeLessThan(0.15)
  })
})

interface Spread {
  init: InitName
  weight: string
  shape: [rows: number, columns: number]
  percentiles: number[]
  variance: number
  largest: number
  singular: [least: number, most: number]
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/initialisers.json', import.meta.url), 'utf8'),
) as { sizes: { hidden: number; embedding: number; symbols: number }; choices: Spread[] }

/** Draws of one weight under many seeds, cut into the blocks of its gates. */
function blocksOf({ init, weight, shape: [rows, columns] }: Spread, seeds: number): Float64Array[][] {
  const { hidden, embedding, symbols } = fixture.sizes
  const { model } = parseConfig({ seed: 1, model: { cell: 'lstm', hidden, embedding } }) as RunConfig
  const { weights } = networkOf(model, { symbols, outputs: symbols, outputBias: true })
  const found = weights.get(weight)!
  expect([found.shape[0]! / found.gates, found.shape[1]]).toEqual([rows, columns])
  const index = [...weights.keys()].indexOf(weight)
  const draws = Array.from({ length: seeds }, (_, seed) => initialValues(found, init, seed, index))
  const size = rows * columns
  return Array.from({ length: found.gates }, (_, gate) =>
    draws.map((d) => d.slice(gate * size, (gate + 1) * size)),
  )
}

describe.each(fixture.choices)("$init of $weight spreads as PyTorch's", (given) => {
  const [rows, columns] = given.shape
  const gates = blocksOf(given, 40)

  it('in every gate: percentiles, variance, largest entry', () => {
    for (const draws of gates) {
      const all = Float64Array.from(draws.flatMap((d) => [...d])).sort()
      if (given.init === 'identity') {
        expect(all.at(-1)).toBe(given.largest)
        expect(all.filter((v) => v !== 0)).toHaveLength(draws.length * rows)
        continue
      }
      // Five standard deviations of a share among n draws, and what the fixture's own draws leave open.
      const open = 2.5 / Math.sqrt(all.length) + 0.002
      given.percentiles.forEach((p, i) => {
        const below = all.findIndex((v) => v >= p)
        expect(
          Math.abs((below < 0 ? all.length : below) / all.length - (i + 1) / 100),
          `${i + 1} %`,
        ).toBeLessThan(open)
      })
      expect(Math.abs(variance(all) / given.variance - 1)).toBeLessThan(0.05)
      // A bounded spread reaches its bound and no further; the others have no bound.
      const bounded =
        given.init === 'uniform' ||
        given.init === 'xavier' ||
        (given.init === 'default' && given.weight !== 'embedding.w')
      if (bounded) expect(Math.abs(bound(all) / given.largest - 1)).toBeLessThan(0.001)
    }
  })

  it.runIf(given.init === 'orthogonal')('with all singular values 1', () => {
    expect(given.singular[0]).toBeCloseTo(1, 10)
    expect(given.singular[1]).toBeCloseTo(1, 10)
    for (const draws of gates)
      for (const draw of draws.slice(0, 3)) {
        // A A^T = 1 with fewer rows, A^T A = 1 with more.
        const wide = rows <= columns
        const turned = Float64Array.from(draw, (_, i) => draw[(i % rows) * columns + Math.floor(i / rows)]!)
        expect(rowError(wide ? draw : turned, wide ? rows : columns, wide ? columns : rows)).toBeLessThan(
          1e-12,
        )
      }
  })
})
