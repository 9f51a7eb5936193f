// Hierarchical multiscale cells against their paper's equations in plain loops: UPDATE, COPY and FLUSH, the output module, annealing.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { evaluate } from './evaluate.ts'

const [steps, batch, inputs] = [9, 3, 2]
const units = [3, 4, 2]
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const dot = (w: ArrayLike<number>, r: number, v: readonly number[]) =>
  v.reduce((sum, x, j) => sum + w[r * v.length + j]! * x, 0)

interface Meaning {
  /** FLUSH forgets h, too. */
  erase: boolean
  read: number
  layerNorm?: boolean
}

/** Mean 0 and variance 1 over the units, times the gain. */
function normalised(sums: readonly number[], gain: ArrayLike<number>): number[] {
  const mean = sums.reduce((a, b) => a + b) / sums.length
  const variance = sums.reduce((a, b) => a + (b - mean) ** 2, 0) / sums.length
  return sums.map((v, r) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gain[r]!)
}

/** One sequence through all layers: per step and layer h, c and z, and which operation it was. */
function walk(
  id: 'hm-lstm' | 'hm-rnn',
  { erase, read, layerNorm }: Meaning,
  w: Record<string, ArrayLike<number>>,
  xs: readonly number[][],
) {
  let before = units.map((n) => ({ h: range(n).map(() => 0), c: range(n).map(() => 0), z: 0 }))
  return xs.map((x) => {
    const after: typeof before = []
    const done: string[] = []
    units.forEach((n, l) => {
      const own = (name: string) => w[`layers.${l}.${name}`]!
      const old = before[l]!
      const above = before[l + 1]
      const below = l === 0 ? { h: x, z: 1 } : after[l - 1]!
      const last = above ? old.z : 0
      const erased = erase && last === 1 ? 0 : 1
      const products = (kind: 'w' | 'd', r: number) =>
        below.z * dot(own(`${kind}_ih`), r, below.h) +
        erased * dot(own(`${kind}_hh`), r, old.h) +
        (above ? last * dot(own(`${kind}_td`), r, above.h) : 0)
      const rows = range((id === 'hm-lstm' ? 4 : 1) * n).map((r) => products('w', r))
      const shown = layerNorm ? normalised(rows, own('gain')) : rows
      const flagged = w[`layers.${l}.b_td`]
      const sum = (r: number) => shown[r]! + own('b')[r]! + (flagged ? last * flagged[r]! : 0)
      const offset = w[`layers.${l}.d_offset`]?.[0] ?? 0
      const detector = above ? products('d', 0) + own('d_b')[0]! + offset : 0
      const z = above && (own('slope')[0]! * detector + 1) / 2 > 0.5 ? 1 : 0
      const operation = last === 1 ? 'FLUSH' : below.z === 1 ? 'UPDATE' : 'COPY'
      done.push(operation)
      if (operation === 'COPY') return after.push({ ...old, z })
      if (id === 'hm-rnn') return after.push({ h: range(n).map((k) => Math.tanh(sum(k))), c: old.c, z })
      const gate = (g: number, k: number) => sum(g * n + k)
      const wrote = range(n).map((k) => sigmoid(gate(0, k)) * Math.tanh(gate(2, k)))
      const c = wrote.map((v, k) => (operation === 'UPDATE' ? sigmoid(gate(1, k)) * old.c[k]! : 0) + v)
      return after.push({ h: c.map((v, k) => sigmoid(gate(3, k)) * Math.tanh(v)), c, z })
    })
    before = after
    const all = after.flatMap(({ h }) => h)
    const gates = units.map((_, l) => sigmoid(dot(w['join.gate']!, l, all)))
    const join = range(read).map((e) =>
      Math.max(
        0,
        units.reduce((s, _, l) => s + gates[l]! * dot(w[`join.w_${l}`]!, e, after[l]!.h), 0),
      ),
    )
    return { layers: after, done, join }
  })
}

const cases = [
  ['hm-lstm', {}, { erase: false, read: 2 }],
  ['hm-lstm', { erase: true, outputUnits: 5 }, { erase: true, read: 5 }],
  ['hm-rnn', {}, { erase: true, read: 2 }],
  ['hm-rnn', { outputUnits: 3 }, { erase: true, read: 3 }],
  [
    'hm-lstm',
    { layerNorm: true, boundaryRate: 0.2, topDownBias: true },
    { erase: false, read: 2, layerNorm: true },
  ],
  [
    'hm-rnn',
    { layerNorm: true, boundaryRate: 0.2, topDownBias: true },
    { erase: true, read: 2, layerNorm: true },
  ],
] as const

/** Trains a small stack of three layers for four updates and gives a statistic of every layer after each, undefined where there is none. */
function statisticsOf(id: string, name: string, options: Record<string, number | boolean>) {
  const config = parseConfig({
    seed: 2,
    data: { kind: 'text', validation: 0 },
    model: { cell: id, hidden: 4, layers: 3, embedding: 4, options },
    train: { window: 5, batch: 2, steps: 4 },
    optimizer: { lr: 1e-9 },
    logging: { sampleEvery: 0 },
  }) as RunConfig
  const training = openTraining({ config, text: 'hello, hello world' }, referenceExecutor())
  const found: (number | undefined)[][] = []
  for (const event of training.events()) {
    if (event.kind !== 'step') continue
    const { tensors } = readCheckpoint(training.checkpoint())
    expect([...tensors.keys()].filter((key) => key.includes('optim') && key.includes(name))).toEqual([])
    found.push([0, 1, 2].map((l) => tensors.get(`layers.${l}.${name}`)?.data[0]))
  }
  return found
}

describe.each(cases)('%s %j', (id, options, meaning) => {
  const { model } = parseConfig({
    seed: 1,
    model: { cell: id, layers: units.join('/'), options },
  }) as RunConfig
  const network = networkOf(model, { symbols: 0, dense: inputs, outputs: 2, outputBias: true })
  const weights = weightNodes(network)

  it('updates, copies and flushes as the boundaries say, and shows all layers to the readout', () => {
    const x = input('x', [steps, batch, inputs])
    const trace = traceNetwork(network, weights, x, zeroStates(network, batch), { watch: () => true })
    const feedsOf = (salt: number) => {
      const feeds = Object.fromEntries(
        [...weights].map(([name, { shape }], i) => [name, values(shape, i + salt).map((v) => 2.5 * v)]),
      )
      for (const l of [0, 1]) feeds[`layers.${l}.slope`] = new Float64Array([0.7])
      return { ...feeds, x: values(x.shape, 2) } as Record<string, Float64Array>
    }
    const wanted = [0, 1, 2].flatMap((l) => ['h', 'z'].map((s) => `${l}.${s}`))
    const seen = new Set<string>()
    for (let run = 0; run < 5 * batch; run++) {
      const b = run % batch
      const feeds = feedsOf(Math.floor(run / batch))
      const [top, ...found] = evaluate([trace.features, ...wanted.map((s) => trace.signals.get(s)!)], feeds)
      const at = (all: ArrayLike<number>, t: number, n: number) =>
        Array.from(all).slice((t * batch + b) * n, (t * batch + b + 1) * n)
      const xs = range(steps).map((t) => at(feeds.x!, t, inputs))
      walk(id, meaning, feeds, xs).forEach(({ layers, done, join }, t) => {
        layers.forEach(({ h, z }, l) => {
          expectClose(at(found[2 * l]!, t, units[l]!), h, 1e-12, `h of layer ${l} at ${t}`)
          expect(at(found[2 * l + 1]!, t, units[l]!)).toEqual(h.map(() => z))
        })
        done.forEach((what, l) => seen.add(`${l} ${what}`))
        expectClose(at(top!, t, meaning.read), join, 1e-12, 'join')
      })
    }
    // Everything that can happen happened: the bottom has no COPY, the top no FLUSH.
    expect([...seen].sort()).toEqual(['0 FLUSH', '0 UPDATE', '1 COPY', '1 FLUSH', '1 UPDATE', '2 COPY', '2 UPDATE']) // prettier-ignore
  })

  it('has slopes that grow with the updates up to their limit, and are no parameters', () => {
    const slopes = statisticsOf(id, 'slope', { ...options, slopeGrowth: 0.5, slopeMax: 2.25 })
    expect(slopes.map(String)).toEqual(['1.5,1.5,', '2,2,', '2.25,2.25,', '2.25,2.25,'])
  })
  it('moves the offsets towards the boundary rate, of the steps that a layer takes', () => {
    const offsets = (boundaryBias: number) =>
      statisticsOf(id, 'd_offset', { ...options, boundaryRate: 0.25, boundaryGain: 0.1, boundaryBias })
    // Every step ends a piece in both layers: each is 0.75 too many.
    const falling = offsets(5)
    falling.forEach(([lowest, middle, top], n) => {
      expect(lowest).toBeCloseTo(-0.075 * (n + 1), 12)
      expect(middle).toBeCloseTo(-0.075 * (n + 1), 12)
      expect(top).toBeUndefined()
    })
    // No step does: the lowest lacks 0.25, and the layer above, which never takes a step, lacks nothing.
    const rising = offsets(-5)
    rising.forEach(([lowest, middle], n) => {
      expect(lowest).toBeCloseTo(0.025 * (n + 1), 12)
      expect(middle).toBe(0)
    })
    if (!('boundaryRate' in options))
      expect(statisticsOf(id, 'd_offset', options).flat()).toEqual(Array(12).fill(undefined))
  })
})
