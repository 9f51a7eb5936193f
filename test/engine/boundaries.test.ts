// Hierarchical multiscale cells against their paper's equations in plain loops: UPDATE, COPY and FLUSH, the output module, annealing.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/contract/validate.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/train/program.ts'
import { expectClose, values } from './check.ts'
import { evaluate } from './evaluate.ts'

const [steps, batch, inputs] = [9, 3, 2]
const units = [3, 4, 2]
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const dot = (w: ArrayLike<number>, r: number, v: readonly number[]) =>
  v.reduce((sum, x, j) => sum + w[r * v.length + j]! * x, 0)

/** One sequence through all layers: per step and layer h, c and z, and which operation it was. `erase`: FLUSH forgets h, too. */
function walk(
  id: 'hm-lstm' | 'hm-rnn',
  { erase, read }: { erase: boolean; read: number },
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
      const sum = (kind: 'w' | 'd', r: number) =>
        below.z * dot(own(`${kind}_ih`), r, below.h) +
        erased * dot(own(`${kind}_hh`), r, old.h) +
        (above ? last * dot(own(`${kind}_td`), r, above.h) : 0) +
        own(kind === 'w' ? 'b' : 'd_b')[r]!
      const z = above && (own('slope')[0]! * sum('d', 0) + 1) / 2 > 0.5 ? 1 : 0
      const operation = last === 1 ? 'FLUSH' : below.z === 1 ? 'UPDATE' : 'COPY'
      done.push(operation)
      if (operation === 'COPY') return after.push({ ...old, z })
      if (id === 'hm-rnn') return after.push({ h: range(n).map((k) => Math.tanh(sum('w', k))), c: old.c, z })
      const gate = (g: number, k: number) => sum('w', g * n + k)
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
] as const

describe.each(cases)('%s %j', (id, options, meaning) => {
  const { model } = parseConfig({
    seed: 1,
    model: { cell: id, sizes: units.join('/'), options },
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
      const [top, ...found] = evaluate([trace.top, ...wanted.map((s) => trace.signals.get(s)!)], feeds)
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
    const config = parseConfig({
      seed: 2,
      data: { kind: 'text', validation: 0 },
      model: {
        cell: id,
        hidden: 4,
        layers: 3,
        embedding: 4,
        options: { ...options, slopeGrowth: 0.5, slopeMax: 2.25 },
      },
      train: { window: 5, batch: 2, steps: 4, sampleEvery: 0 },
    }) as RunConfig
    const training = openTraining({ config, text: 'hello, hello world' }, referenceExecutor())
    const slopes: (number | undefined)[][] = []
    for (const event of training.events()) {
      if (event.kind !== 'step') continue
      const { tensors } = readCheckpoint(training.checkpoint())
      expect(tensors.has('layers.2.slope')).toBe(false)
      expect([...tensors.keys()].filter((name) => name.includes('optim') && name.includes('slope'))).toEqual([]) // prettier-ignore
      slopes.push([0, 1].map((l) => tensors.get(`layers.${l}.slope`)!.data[0]))
    }
    expect(slopes.map(String)).toEqual(['1.5,1.5', '2,2', '2.25,2.25', '2.25,2.25'])
  })
})
