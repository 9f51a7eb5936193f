// Multiplicative integration against its equations, in the RNN, LSTM and GRU.
import { describe, expect, it } from 'vitest'
import { cellById } from '../../../src-main/engine/cells/index.ts'
import { initialValues } from '../../../src-main/engine/nn/initialise.ts'
import { hidden, units, sigmoid, dot, type Case, expectStep } from './oneStep.ts'

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
