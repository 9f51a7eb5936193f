// LSTMs against the equations of their papers: peepholes, the variants of the search space odyssey, layer normalisation.
import { describe, expect, it } from 'vitest'
import { cellById, cellOptions } from '../../../src-main/engine/cells/index.ts'
import { expectClose, values } from '../check.ts'
import { width, hidden, units, sigmoid, dot, stepOf, expectStep, sum } from './oneStep.ts'

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

describe('layer-norm LSTM', () => {
  const normalise = (v: number[], epsilon: number) => {
    const mean = v.reduce((s, a) => s + a, 0) / v.length
    const variance = v.reduce((s, a) => s + (a - mean) ** 2, 0) / v.length
    return v.map((a) => (a - mean) / Math.sqrt(variance + epsilon))
  }

  it('normalises both sums over all gates, and the cell', () => {
    expectStep('layernorm-lstm', { epsilon: 0.01 }, ({ w, x, state }) => {
      const rows = Array.from({ length: 4 * hidden }, (_, r) => r)
      const fromInput = normalise(
        rows.map((r) => dot(w.w_ih!, r, x)),
        0.01,
      )
      const fromState = normalise(
        rows.map((r) => dot(w.w_hh!, r, state.h!)),
        0.01,
      )
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
    const [a, b] = [1, 7].map((scale) =>
      stepOf('layernorm-lstm', { epsilon: 1e-12 }, { ...still, w_ih: large.map((v) => v * scale) }),
    )
    a!.forEach(({ found }, row) => {
      const mean = found.ln_c!.reduce((s, v) => s + v, 0) / hidden
      expect(mean).toBeCloseTo(0, 10)
      expect(found.ln_c!.reduce((s, v) => s + v * v, 0) / hidden).toBeCloseTo(1, 8)
      expectClose(b![row]!.found.h!, found.h!, 1e-9)
    })
  })
})
