// The Lyapunov spectrum against known truths: scaled orthogonal and triangular matrices, the sign change of random networks at gain 1, and
// Jacobians by finite differences of the recorded states.
import { describe, expect, it } from 'vitest'
import { chooseExecutor } from '../../../src-main/engine/index.ts'
import { initialValues } from '../../../src-main/engine/nn/initialise.ts'
import { lyapunovSpectrum } from '../../../src-main/engine/probes/lyapunov.ts'
import {
  jacobianProgram,
  stateSize,
  stepGradientProgram,
} from '../../../src-main/engine/generation/stepProgram.ts'
import { sequenceOf, withWeights } from '../../../src-main/engine/probes/model.ts'
import {
  inputVector,
  readStates,
  runStep,
  stepwiseNetwork,
  writeStates,
} from '../../../src-main/engine/probes/stepStates.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { handMadeTanh } from './handMade.ts'
import { executor, model, text } from './trainedModel.ts'

const rowsOf = (flat: ArrayLike<number>, size: number, scale: number) =>
  Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c) => scale * flat[r * size + c]!))
const orthogonal = (size: number, seed: number) =>
  initialValues(
    { shape: [size, size], role: 'recurrent', gates: 1, initializer: { kind: 'identity', scale: 1 } },
    'orthogonal',
    seed,
    0,
  )
const gaussian = (size: number, gain: number) => {
  const random = randomStream({ seed: [5, 0], step: 0 }, 1)
  return rowsOf(
    Array.from({ length: size * size }, () => random.normal()),
    size,
    gain / Math.sqrt(size),
  )
}
const spectrum = (of: typeof model, more: object = {}) =>
  lyapunovSpectrum(of, { text, steps: 300, exponents: 20, ...more })

describe('the Lyapunov spectrum', () => {
  it.each([
    ['reference', executor],
    ['native', chooseExecutor('auto', 1).executor],
  ])('of J = 0.9 orthogonal has all exponents ln 0.9 to 1e-6 (%s)', (_, on) => {
    const still = handMadeTanh(rowsOf(orthogonal(16, 3), 16, 0.9), [Array<number>(16).fill(0)], on)
    const { exponents, counted, symbol, stateSize: size } = spectrum(still, { symbol: 'a' })
    expect([exponents.length, counted, symbol, size]).toEqual([16, 250, 'a', 16])
    for (const exponent of exponents) expect(Math.abs(exponent - Math.log(0.9))).toBeLessThan(1e-6)
  })

  it('of a triangular Jacobian are the logarithms of its diagonal, in order', () => {
    const diagonal = [0.5, 0.9, 0.2, 0.7]
    const matrix = diagonal.map((d, r) => diagonal.map((_, c) => (r === c ? d : c > r ? 0.3 : 0)))
    const still = handMadeTanh(matrix, [[0, 0, 0, 0]], executor)
    const { exponents } = spectrum(still, { symbol: 'a', steps: 2000 })
    const expected = diagonal.map(Math.log).sort((a, b) => b - a)
    exponents.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 2))
  })

  it('of a random tanh network changes its sign with the gain', () => {
    const inputs = [Array.from({ length: 60 }, (_, i) => 0.01 * Math.sin(i))]
    const largest = (gain: number) =>
      spectrum(handMadeTanh(gaussian(60, gain), inputs, executor), { symbol: 'a', exponents: 2, steps: 500 })
        .exponents[0]!
    expect(largest(0.5)).toBeLessThan(-0.4)
    expect(largest(3)).toBeGreaterThan(0.1)
  })

  it('counts a direction that the step removes as minus infinity', () => {
    const still = handMadeTanh(
      [
        [0.5, 0],
        [0, 0],
      ],
      [[0, 0]],
      executor,
    )
    expect([...spectrum(still, { symbol: 'a' }).exponents]).toEqual([
      expect.closeTo(Math.log(0.5)),
      -Infinity,
    ])
  })

  it('reads a text, and tells the growth at each of its symbols', () => {
    const { tokens, growth, exponents, firstHalf, secondHalf, counted } = spectrum(model, { exponents: 3 })
    expect(tokens.join('')).toBe(text.slice(0, 300))
    expect([...growth].filter(Number.isNaN)).toHaveLength(50)
    const mean = [...growth].filter(Number.isFinite).reduce((sum, g) => sum + g, 0) / counted
    expect(exponents[0]).toBeCloseTo(mean, 5)
    expect(exponents[1]).toBeCloseTo((firstHalf[1]! + secondHalf[1]!) / 2, 10)
    expect(exponents[0]).toBeLessThan(0)
  })

  it('refuses short texts, unknown symbols and networks that do not step forward', () => {
    expect(() => spectrum(model, { text: 'went' })).toThrow(/text: 4 symbols/)
    expect(() => spectrum(model, { symbol: 'Ж' })).toThrow(/symbol: "Ж" is not a symbol/)
    const both = { ...model, network: { ...sequenceOf(model), bidirectional: true } }
    expect(() => spectrum(both)).toThrow(/bidirectional/)
  })
})

describe('the products of the Jacobian of one step', () => {
  const state = Float64Array.from({ length: 24 }, (_, i) => Math.sin(i + 1) * 0.7)
  const network = stepwiseNetwork(model, 'test')

  /** The state after reading symbol 2, and J v for each v. */
  function products(from: Float64Array, vectors: Float64Array, rows: number) {
    const executable = withWeights(model, jacobianProgram(network, rows))
    executable.write('x', inputVector(model, 2))
    writeStates(executable, network, 'state', from)
    writeStates(executable, network, 'tangent', vectors, rows)
    runStep(executable)
    const next = readStates(executable, network, 'next')
    return { next, columns: readStates(executable, network, 'product', rows) }
  }

  it('forward: are those of finite differences; backward: their transpose', () => {
    const size = stateSize(network)
    expect(size).toBe(24)
    const unit = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0))
    const { columns } = products(state, unit, size)
    const zero = new Float64Array(size)
    const epsilon = 1e-5
    for (const j of [0, 7, 13, 23]) {
      const moved = (by: number) =>
        products(
          state.map((v, i) => v + (i === j ? by : 0)),
          zero,
          1,
        ).next
      const [up, down] = [moved(epsilon), moved(-epsilon)]
      up.forEach((v, i) => expect(columns[j * size + i]).toBeCloseTo((v - down[i]!) / (2 * epsilon), 7))
    }
    const back = withWeights(model, stepGradientProgram(network))
    back.write('x', inputVector(model, 2))
    writeStates(back, network, 'state', state)
    back.write('gradient', new Float64Array(model.vocabulary.length))
    for (const r of [0, 11, 23]) {
      writeStates(
        back,
        network,
        'gradient',
        zero.map((_, i) => (i === r ? 1 : 0)),
      )
      runStep(back)
      readStates(back, network, 'before').forEach((v, c) => expect(v).toBeCloseTo(columns[c * size + r]!, 10))
    }
  })
})
