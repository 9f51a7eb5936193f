// Cells without gates against their equations: the rectified network and leaky integrators.
import { describe, expect, it } from 'vitest'
import { cellById } from '../../../src-main/engine/cells/index.ts'
import { initialValues } from '../../../src-main/engine/nn/initialise.ts'
import { units, sigmoid, type Case, expectStep, sum } from './oneStep.ts'

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
    expectStep(
      'leaky',
      { a: 0.8 },
      formula(() => 0.8),
    )
    expectStep(
      'leaky',
      { a: 0.8, activation: 'sigmoid' },
      formula(() => 0.8, sigmoid),
    )
  })

  it('has memories of 1 to `slowest` steps on a log scale', () => {
    const spaced = formula((_, k) => 1 - 1 / [1, 3, 9, 27][k]!)
    expectStep('leaky', { leak: 'spaced', slowest: 27 }, spaced)
  })

  it('learns the share of every unit, from a on', () => {
    expectStep(
      'leaky',
      { leak: 'learned' },
      formula(({ w }, k) => sigmoid(w.leak![k]!)),
    )
    const { leak } = cellById('leaky').weights(
      { input: 1, hidden: 2, outputs: 1 },
      { leak: 'learned', a: 0.7 },
    )
    for (const v of initialValues(leak!, 'default', 1, 0)) expect(sigmoid(v)).toBeCloseTo(0.7, 12)
  })
})
