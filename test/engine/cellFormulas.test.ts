// Cells against their papers' equations, one unit at a time in plain loops.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cellById, cellOptions } from '../../src-main/engine/cells/index.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { initialValues } from '../../src-main/engine/nn/initialise.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { evaluate, type Feeds } from './evaluate.ts'

const [batch, width, hidden] = [2, 3, 4]
const units = Array.from({ length: hidden }, (_, k) => k)
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
/** Row r of W times v. */
const dot = (w: ArrayLike<number>, r: number, v: ArrayLike<number>) =>
  Array.from(v).reduce((sum, x, j) => sum + w[r * v.length + j]! * x, 0)

interface Case {
  w: Record<string, ArrayLike<number>>
  /** Of one sequence of the batch. */
  x: ArrayLike<number>
  state: Record<string, ArrayLike<number>>
}

/** One step of a cell on fixed values: what went in, and all signals and states, per sequence. `set` replaces weights. */
function stepOf(id: string, given: Record<string, string | number | boolean> = {}, set: Feeds = {}) {
  const cell = cellById(id)
  const options = cellOptions(cell, given)
  const inputs: Record<string, Node> = {}
  const feeds: Record<string, ArrayLike<number>> = {}
  const feed = (name: string, shape: readonly number[]) => {
    inputs[name] = input(name, shape)
    feeds[name] = set[name] ?? values(shape, Object.keys(inputs).length)
    return inputs[name]
  }
  const x = feed('x', [batch, width])
  const names = cell.stateFor?.(options) ?? cell.state
  const before = Object.fromEntries(names.map((name) => [name, feed(`from ${name}`, [batch, hidden])]))
  const own = Object.entries(cell.weights({ input: width, hidden, outputs: 1 }, options)).flatMap(
    ([name, weight]) => (weight ? [[name, feed(name, weight.shape)] as const] : []),
  )
  const after = cell.step(Object.fromEntries(own), x, before, options, { training: false, reverse: false })
  const shown = { ...after.signals }
  const found = evaluate(Object.values(shown), feeds)
  const row = (all: ArrayLike<number>, b: number, n: number) => Array.from(all).slice(b * n, (b + 1) * n)
  return Array.from({ length: batch }, (_, b) => ({
    given: {
      w: Object.fromEntries(own.map(([name]) => [name, feeds[name]!])),
      x: row(feeds.x!, b, width),
      state: Object.fromEntries(names.map((name) => [name, row(feeds[`from ${name}`]!, b, hidden)])),
    } satisfies Case,
    found: Object.fromEntries(Object.keys(shown).map((name, i) => [name, row(found[i]!, b, hidden)])),
  }))
}

/** Holds signals of a cell to a formula. */
function expectStep(
  id: string,
  options: Record<string, string | number | boolean>,
  formula: (given: Case) => Record<string, number[]>,
): void {
  for (const { given, found } of stepOf(id, options))
    for (const [name, expected] of Object.entries(formula(given)))
      expectClose(found[name]!, expected, 1e-12, name)
}

/** W_ih x + b_ih + W_hh h + b_hh of row r. */
const sum = ({ w, x, state }: Case, r: number) =>
  dot(w.w_ih!, r, x) + w.b_ih![r]! + dot(w.w_hh!, r, state.h!) + w.b_hh![r]!

describe('IRNN', () => {
  it('is a rectified layer', () => {
    expectStep('irnn', {}, (at) => ({ h: units.map((k) => Math.max(0, sum(at, k))) }))
  })

  it('starts as a scaled identity without biases over small input weights', () => {
    const weights = cellById('irnn').weights({ input: 64, hidden: 3, outputs: 1 }, { scale: 0.5 })
    const start = (name: string) => [...initialValues(weights[name]!, 'default', 3, 1)]
    expect(start('w_hh')).toEqual([0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5])
    expect([...start('b_ih'), ...start('b_hh')]).toEqual([0, 0, 0, 0, 0, 0])
    const square = start('w_ih').reduce((s, v) => s + v * v, 0) / 192
    expect(Math.sqrt(square) / 0.001).toBeCloseTo(1, 0)
  })
})

describe('leaky integrator', () => {
  const formula =
    (share: (at: Case, k: number) => number, s = Math.tanh) =>
    (at: Case) => ({
      h: units.map((k) => share(at, k) * at.state.h![k]! + (1 - share(at, k)) * s(sum(at, k))),
      s: units.map((k) => s(sum(at, k))),
    })

  it('keeps the share a', () => {
    expectStep('leaky', { a: 0.8 }, formula(() => 0.8)) // prettier-ignore
    expectStep('leaky', { a: 0.8, activation: 'sigmoid' }, formula(() => 0.8, sigmoid)) // prettier-ignore
  })

  it('has memories of 1 to `slowest` steps on a log scale', () => {
    const spaced = formula((_, k) => 1 - 1 / [1, 3, 9, 27][k]!)
    expectStep('leaky', { leak: 'spaced', slowest: 27 }, spaced)
  })

  it('learns the share of every unit, from a on', () => {
    expectStep('leaky', { leak: 'learned' }, formula(({ w }, k) => sigmoid(w.leak![k]!))) // prettier-ignore
    const { leak } = cellById('leaky').weights(
      { input: 1, hidden: 2, outputs: 1 },
      { leak: 'learned', a: 0.7 },
    )
    for (const v of initialValues(leak!, 'default', 1, 0)) expect(sigmoid(v)).toBeCloseTo(0.7, 12)
  })
})

describe('peephole LSTM', () => {
  it.each(['own', 'all'])('lets i and f see the old cell and o the new one (%s)', (sees) => {
    expectStep('peephole', { sees }, (at) => {
      const { p_if, p_o } = at.w as Record<'p_if' | 'p_o', number[]>
      const seen = (p: number[], r: number, c: number[]) =>
        sees === 'all' ? dot(p, r, c) : p[r]! * c[r % hidden]!
      const old = at.state.c as number[]
      const i = units.map((k) => sigmoid(sum(at, k) + seen(p_if, k, old)))
      const f = units.map((k) => sigmoid(sum(at, hidden + k) + seen(p_if, hidden + k, old)))
      const g = units.map((k) => Math.tanh(sum(at, 2 * hidden + k)))
      const c = units.map((k) => f[k]! * old[k]! + i[k]! * g[k]!)
      const o = units.map((k) => sigmoid(sum(at, 3 * hidden + k) + seen(p_o, k, c)))
      return { i, f, g, c, o, h: units.map((k) => o[k]! * Math.tanh(c[k]!)) }
    })
  })
})

describe('LSTM variants', () => {
  it.each([
    ['V', {}],
    ['NIG', { gates: 'no-input' }],
    ['NFG', { gates: 'no-forget' }],
    ['NOG', { outputGate: false }],
    ['NIAF', { inputActivation: false }],
    ['NOAF', { outputActivation: false }],
    ['CIFG', { gates: 'coupled' }],
    ['NP', { peepholes: false }],
    ['FGR', { gateRecurrence: true }],
    ['CIFG FGR', { gates: 'coupled', gateRecurrence: true }],
  ] as [string, Record<string, string | boolean>][])('%s', (name, options) => {
    const is = (change: string) => name.split(' ').includes(change)
    const gates = [
      ...(is('NIG') || is('CIFG') ? '' : 'i'),
      ...(is('NFG') ? '' : 'f'),
      ...(is('NOG') ? '' : 'o'),
    ]
    const blocks = [...'ifzo'].filter((b) => b === 'z' || gates.includes(b))
    expectStep('lstm-variant', options, (at) => {
      const before = gates.flatMap((g) => (is('FGR') ? Array.from(at.state[g]!) : []))
      const block = (b: string, k: number) => sum(at, blocks.indexOf(b) * hidden + k)
      const gate = (b: string, cell: ArrayLike<number>) =>
        units.map((k) => {
          if (!gates.includes(b)) return 1
          const row = gates.indexOf(b) * hidden + k
          const seen = is('NP') ? 0 : at.w.p![row]! * cell[k]!
          return sigmoid(block(b, k) + seen + (is('FGR') ? dot(at.w.r!, row, before) : 0))
        })
      const f = gate('f', at.state.c!)
      const i = is('CIFG') ? f.map((v) => 1 - v) : gate('i', at.state.c!)
      const z = units.map((k) => (is('NIAF') ? block('z', k) : Math.tanh(block('z', k))))
      const c = units.map((k) => f[k]! * at.state.c![k]! + i[k]! * z[k]!)
      const o = gate('o', c)
      return { i, f, z, c, o, h: units.map((k) => o[k]! * (is('NOAF') ? c[k]! : Math.tanh(c[k]!))) }
    })
  })

  it('has no weights for what is taken away', () => {
    const shapes = (given: Record<string, string | boolean>) => {
      const cell = cellById('lstm-variant')
      const own = Object.entries(cell.weights({ input: width, hidden, outputs: 1 }, cellOptions(cell, given)))
      return Object.fromEntries(own.flatMap(([name, w]) => (w ? [[name, w.shape]] : [])))
    }
    expect(shapes({})).toMatchObject({ w_ih: [16, 3], p: [12] })
    expect(shapes({ gates: 'coupled', peepholes: false })).toEqual({
      w_ih: [12, 3],
      w_hh: [12, 4],
      b_ih: [12],
      b_hh: [12],
    })
    expect(shapes({ gates: 'no-input', outputGate: false, gateRecurrence: true })).toMatchObject({
      w_hh: [8, 4],
      p: [4],
      r: [4, 4],
    })
  })
})

describe('GRU', () => {
  it.each([
    ['after', 'keeps'],
    ['before', 'keeps'],
    ['after', 'takes'],
    ['before', 'takes'],
  ])('with the reset gate %s the product, an update gate that %s', (reset, update) => {
    expectStep('gru', { reset, update }, (at) => {
      const { w, x } = at
      const h = at.state.h!
      const r = units.map((k) => sigmoid(sum(at, k)))
      const z = units.map((k) => sigmoid(sum(at, hidden + k)))
      const read = units.map((k) => r[k]! * h[k]!)
      const n = units.map((k) => {
        const row = 2 * hidden + k
        const fromState =
          reset === 'after'
            ? r[k]! * (dot(w.w_hh!, row, h) + w.b_hh![row]!)
            : dot(w.w_hh!, row, read) + w.b_hh![row]!
        return Math.tanh(dot(w.w_ih!, row, x) + w.b_ih![row]! + fromState)
      })
      const kept = z.map((v) => (update === 'keeps' ? v : 1 - v))
      return { r, z, n, h: units.map((k) => kept[k]! * h[k]! + (1 - kept[k]!) * n[k]!) }
    })
  })
})

describe('multiplicative integration', () => {
  const met = ({ w, x }: Case, r: number, state: ArrayLike<number>) => {
    const [wx, uz] = [dot(w.w_ih!, r, x), dot(w.w_hh!, r, state)]
    return w.alpha![r]! * wx * uz + w.beta1![r]! * wx + w.beta2![r]! * uz + w.b![r]!
  }

  it('RNN', () => {
    expectStep('mi-rnn', {}, (at) => ({ h: units.map((k) => Math.tanh(met(at, k, at.state.h!))) }))
  })

  it('LSTM, in all gates and the candidate', () => {
    expectStep('mi-lstm', {}, (at) => {
      const z = (gate: number) => units.map((k) => met(at, gate * hidden + k, at.state.h!))
      const [i, f, o] = [z(0).map(sigmoid), z(1).map(sigmoid), z(3).map(sigmoid)]
      const g = z(2).map(Math.tanh)
      const c = units.map((k) => f[k]! * at.state.c![k]! + i[k]! * g[k]!)
      return { i, f, g, o, c, h: units.map((k) => o[k]! * Math.tanh(c[k]!)) }
    })
  })

  it('GRU, whose candidate reads r * h', () => {
    expectStep('mi-gru', {}, (at) => {
      const h = at.state.h!
      const r = units.map((k) => sigmoid(met(at, k, h)))
      const z = units.map((k) => sigmoid(met(at, hidden + k, h)))
      const read = units.map((k) => r[k]! * h[k]!)
      const n = units.map((k) => Math.tanh(met(at, 2 * hidden + k, read)))
      return { r, z, n, h: units.map((k) => (1 - z[k]!) * h[k]! + z[k]! * n[k]!) }
    })
  })

  it('starts with the given alpha and beta in every gate, and the forget bias', () => {
    const cell = cellById('mi-lstm')
    const weights = cell.weights({ input: 1, hidden: 2, outputs: 1 }, { alpha: 2, beta: 0.25, forgetBias: 3 })
    const start = (name: string) => [...initialValues(weights[name]!, 'default', 1, 0)]
    expect(start('alpha')).toEqual(Array<number>(8).fill(2))
    expect([...start('beta1'), ...start('beta2')]).toEqual(Array<number>(16).fill(0.25))
    expect(start('b')).toEqual([0, 0, 3, 3, 0, 0, 0, 0])
  })
})

describe('layer-norm LSTM', () => {
  const normalise = (v: number[], epsilon: number) => {
    const mean = v.reduce((s, a) => s + a, 0) / v.length
    const variance = v.reduce((s, a) => s + (a - mean) ** 2, 0) / v.length
    return v.map((a) => (a - mean) / Math.sqrt(variance + epsilon))
  }

  it('normalises both sums over all gates, and the cell', () => {
    expectStep('layernorm-lstm', { epsilon: 0.01 }, ({ w, x, state }) => {
      const rows = Array.from({ length: 4 * hidden }, (_, r) => r)
      const fromInput = normalise(rows.map((r) => dot(w.w_ih!, r, x)), 0.01) // prettier-ignore
      const fromState = normalise(rows.map((r) => dot(w.w_hh!, r, state.h!)), 0.01) // prettier-ignore
      const z = rows.map((r) => w.gain_ih![r]! * fromInput[r]! + w.gain_hh![r]! * fromState[r]! + w.b![r]!)
      const part = (gate: number) => z.slice(gate * hidden, (gate + 1) * hidden)
      const [i, f, o] = [part(0).map(sigmoid), part(1).map(sigmoid), part(3).map(sigmoid)]
      const g = part(2).map(Math.tanh)
      const c = units.map((k) => f[k]! * state.c![k]! + i[k]! * g[k]!)
      const ln_c = normalise(c, 0.01).map((v, k) => w.gain_c![k]! * v + w.b_c![k]!)
      return { i, f, g, o, c, ln_c, h: units.map((k) => o[k]! * Math.tanh(ln_c[k]!)) }
    })
  })

  it('has mean 0 and variance 1 over the units, whatever the scale of the weights', () => {
    const large = values([16, 3], 2).map((v) => v * 1e4)
    const still = { gain_c: [1, 1, 1, 1], b_c: [0, 0, 0, 0] }
    const [a, b] = [1, 7].map((scale) => stepOf('layernorm-lstm', { epsilon: 1e-12 }, { ...still, w_ih: large.map((v) => v * scale) })) // prettier-ignore
    a!.forEach(({ found }, row) => {
      const mean = found.ln_c!.reduce((s, v) => s + v, 0) / hidden
      expect(mean).toBeCloseTo(0, 10)
      expect(found.ln_c!.reduce((s, v) => s + v * v, 0) / hidden).toBeCloseTo(1, 8)
      expectClose(b![row]!.found.h!, found.h!, 1e-9)
    })
  })
})

describe('clockwork RNN', () => {
  const executors: [string, Executor, number][] = [['reference', referenceExecutor(), 1e-12]]
  const native = loadNative()
  if (!('unavailable' in native)) executors.push(['native', native, 1e-5])

  it.each(executors)(
    'ticks with periods 1, 2, 4 and holds in between to the bit (%s)',
    (_, executor, near) => {
      const [steps, size, periods] = [13, 7, [1, 1, 2, 2, 4, 4, 4]]
      const first = [0, 0, 2, 2, 4, 4, 4]
      const config = parseConfig({
        seed: 1,
        model: { cell: 'clockwork', hidden: size, options: { groups: 3 } },
      })
      const network = networkOf((config as RunConfig).model, { symbols: 0, dense: 2, outputs: 1, outputBias: false }) // prettier-ignore
      const weights = weightNodes(network)
      const x = input('x', [steps, 1, 2])
      const init = ['0.h', '0.t'].map((name) => input(name, [1, size]))
      const trace = traceNetwork(network, weights, x, init, { watch: () => true })
      const [h, t] = trace.final as [Node, Node]
      const outputs = { h: trace.top, tick: trace.signals.get('0.tick')!, last: h, time: t }
      const program = executor.load(compile({ outputs }))
      const w = Object.fromEntries([...weights].map(([name, { shape }], i) => [name, values(shape, i + 1)]))
      for (const name of program.program.slots.keys()) if (w[name]) program.write(name, w[name])
      const w_ih = w['layers.0.w_ih']!

      let before: number[] = Array<number>(size).fill(0)
      let clock = 0
      program.write('0.h', before)
      program.write('0.t', before)
      // Two stretches: the clock goes on where the first one ended.
      for (const stretch of [1, 2]) {
        const xs = values([steps, 1, 2], stretch)
        program.write('x', xs)
        program.run({ seed: [0, 0], step: 0 })
        const [shown, ticks] = [program.read('h'), program.read('tick')]
        for (let at = 0; at < steps; at++, clock++) {
          const now = Array.from(shown.subarray(at * size, (at + 1) * size))
          periods.forEach((period, k) => {
            const due = clock % period === 0
            expect(ticks[at * size + k]).toBe(due ? 1 : 0)
            if (!due) return expect(now[k]).toBe(before[k])
            const group = w[`layers.0.w_hh_${Math.log2(period)}`]!
            const fromState = dot(group, k - first[k]!, before.slice(first[k]))
            const z = dot(w_ih, k, xs.subarray(at * 2, at * 2 + 2)) + w['layers.0.b']![k]! + fromState
            expect(Math.abs(now[k]! - Math.tanh(z))).toBeLessThan(near)
            expect(now[k]).not.toBe(before[k])
          })
          before = now
        }
        expect(program.read('time')[0]).toBe(clock % 4)
        program.write('0.h', program.read('last'))
        program.write('0.t', program.read('time'))
      }
    },
  )

  it('has a weight for every connection from a slower group or its own, and no other', () => {
    const shapes = Object.values(
      cellById('clockwork').weights({ input: 1, hidden: 5, outputs: 1 }, { groups: 9 }),
    )
    expect(shapes.map((w) => w!.shape)).toEqual([[5, 1], [5], [1, 5], [1, 4], [1, 3], [1, 2], [1, 1]])
  })
})
