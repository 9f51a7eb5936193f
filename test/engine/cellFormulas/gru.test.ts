// The GRU against its equations, in each of its published forms.
import { describe, it } from 'vitest'
import { hidden, units, sigmoid, dot, expectStep, sum } from './oneStep.ts'

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
