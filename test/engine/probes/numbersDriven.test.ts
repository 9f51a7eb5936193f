// Dynamics of networks that read numbers, on a hand-made flip-flop of bistable units: fixed points, Lyapunov exponents, and what is refused.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { sequenceStep } from '../../../src-main/contract/dynamics.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { plainReading } from '../../../src-main/engine/data/reading.ts'
import { vocabularyOf } from '../../../src-main/engine/data/vocabulary.ts'
import { openModel, openTraining } from '../../../src-main/engine/index.ts'
import { extractAutomaton } from '../../../src-main/engine/probes/automaton.ts'
import { fixedPoints } from '../../../src-main/engine/probes/fixedPoints.ts'
import { lyapunovSpectrum } from '../../../src-main/engine/probes/lyapunov.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { heldOutNumbers, networkFor } from '../../../src-main/engine/tasks/index.ts'
import { executor } from './trainedModel.ts'

const [gain, push] = [1.5, 2]
const config = parseConfig({
  seed: 1,
  task: 'flip-flop',
  data: { channels: 3, length: 16, pulseProbability: 0.3 },
  model: { cell: 'rnn', hidden: 3 },
  train: { bptt: 'full' },
}) as RunConfig
/** h' = tanh(1.5 h + 2 x), the output is -h. */
function latch(): TrainedModel {
  const network = networkFor(config, 0, 0)
  const scale: Record<string, number> = { 'layers.0.w_hh': gain, 'layers.0.w_ih': push, 'readout.w': -1 }
  const weights = new Map(
    [...network.weights].map(([name, { shape }]) => {
      const data = new Float64Array(shape.reduce((n, d) => n * d, 1))
      if (name in scale) for (const i of [0, 4, 8]) data[i] = scale[name]!
      return [name, { shape: [...shape], data }]
    }),
  )
  const symbols = vocabularyOf('char', [], plainReading)
  const whole = { network, weights }
  return {
    config,
    step: 0,
    vocabulary: [],
    labels: [],
    parameters: 0,
    network,
    symbols,
    weights,
    whole,
    executor,
  }
}
const numbers = () => heldOutNumbers(config, '', 160)!
const search = { text: '', numbers, starts: 512, noise: 0.5, iterations: 300, seed: 1 }

describe('fixed points at constant inputs', () => {
  it('are 27 at zero input, 8 of them stable, with the 8 sign patterns as outputs', async () => {
    const { points, symbol, inputs } = await fixedPoints(latch(), search)
    expect([symbol, [...inputs!]]).toEqual([null, [0, 0, 0]])
    const counts = [0, 1, 2, 3].map((modes) => points.filter(({ unstable }) => unstable === modes).length)
    expect(counts).toEqual([8, 12, 6, 1])
    for (const { state, outputs } of points)
      // The outputs are those after the step, which is the state itself.
      expect([...outputs]).toEqual([...state].map((h) => expect.closeTo(-h, 5) as number))
    const stable = points.filter(({ unstable }) => unstable === 0)
    expect(new Set(stable.map(({ outputs }) => [...outputs].map(Math.sign).join())).size).toBe(8)
  })

  it('are 9 if one channel is held by its input', async () => {
    const { points } = await fixedPoints(latch(), { ...search, inputs: [1, 0, 0] })
    expect(points).toHaveLength(9)
    for (const { state } of points) expect(state[0]).toBeCloseTo(0.998, 2)
  })

  it('name the nearest steps of the held-out sequences, each read from the zero state', async () => {
    const { points, sequences, visited, explained } = await fixedPoints(latch(), { ...search, starts: 64 })
    expect([...sequences!.starts]).toEqual(Array.from({ length: 10 }, (_, i) => 16 * i))
    const read = numbers()
    const states = read.flatMap((sequence) => {
      let h = [0, 0, 0]
      return Array.from({ length: 16 }, (_, t) =>
        (h = h.map((value, i) => Math.tanh(gain * value + push * sequence[3 * t + i]!))).slice(),
      )
    })
    states.flat().forEach((h, i) => expect(sequences!.outputs[i]).toBeCloseTo(-h, 6))
    for (const { state, nearest } of points) {
      const distances = states.map((one) => Math.hypot(...one.map((h, i) => h - state[i]!)))
      expect(nearest[0]!.distance).toBeCloseTo(Math.min(...distances), 6)
      expect(distances[nearest[0]!.position]).toBeCloseTo(nearest[0]!.distance, 6)
    }
    expect(sequenceStep(sequences!.starts, 35)).toEqual({ sequence: 2, step: 3 })
    // All three components of three units keep every distance.
    expect(explained.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    const [a, b] = [7, 90]
    const apart = Math.hypot(...[0, 1, 2].map((d) => visited[3 * a + d]! - visited[3 * b + d]!))
    expect(apart).toBeCloseTo(Math.hypot(...[0, 1, 2].map((i) => states[a]![i]! - states[b]![i]!)), 5)
    const [first, second] = [points[0]!, points[1]!]
    const between = (key: 'place' | 'state') => Math.hypot(...first[key].map((v, i) => v - second[key][i]!))
    expect(between('place')).toBeCloseTo(between('state'), 9)
  })

  it('refuse symbols, another number of inputs and missing sequences', async () => {
    const message = (more: object) => expect(fixedPoints(latch(), { ...search, ...more })).rejects
    await message({ symbol: 'a' }).toThrow(/symbol: this run reads 3 numbers per step, not symbols/)
    await message({ inputs: [0, 0] }).toThrow(/inputs: 2 numbers, but this run reads 3 per step/)
    await message({ numbers: undefined }).toThrow(/id: this run reads numbers/)
  })
})

describe('the Lyapunov spectrum', () => {
  it('over held-out sequences is the mean of ln of the diagonal Jacobian', () => {
    const { exponents, counted, tokens, growth } = lyapunovSpectrum(latch(), {
      text: '',
      numbers,
      steps: 150,
      exponents: 3,
    })
    expect([counted, tokens, growth.length]).toEqual([100, [], 150])
    const stream = numbers().flatMap((one) => [...one])
    const expected = [0, 1, 2].map((i) => {
      let [h, sum] = [0, 0]
      for (let t = 0; t < 150; t++) {
        h = Math.tanh(gain * h + push * stream[3 * t + i]!)
        if (t >= 50) sum += Math.log(gain * (1 - h * h)) / 100
      }
      return sum
    })
    // The directions turn into the axes within the steps that are not counted.
    expect(exponents.reduce((a, b) => a + b)).toBeCloseTo(
      expected.reduce((a, b) => a + b),
      6,
    )
  })

  it('at a constant input is that of its fixed point', () => {
    const { exponents, inputs } = lyapunovSpectrum(latch(), {
      text: '',
      numbers,
      inputs: [0, 0, 0],
      steps: 200,
      exponents: 3,
    })
    expect([...inputs!]).toEqual([0, 0, 0])
    for (const exponent of exponents) expect(exponent).toBeCloseTo(Math.log(gain), 9)
  })
})

it('networks without a map of their state, or without symbols where they are needed, are refused', async () => {
  const trained = (task: string, data: object, model: object) => {
    const own = parseConfig({
      seed: 1,
      task,
      data,
      model,
      train: { bptt: 'full', batch: 1, steps: 1 },
    }) as RunConfig
    return openModel(openTraining({ config: own, text: '' }, executor).checkpoint(), executor)
  }
  const flipFlop = (model: object) =>
    trained('flip-flop', { channels: 1, length: 4 }, { hidden: 3, ...model })
  const onFlipFlop = (model: object) =>
    expect(fixedPoints(flipFlop(model), { ...search, numbers: () => [Float64Array.of(1, 0, -1, 0)] })).rejects
  await onFlipFlop({ cell: 'gru', bidirectional: true }).toThrow(/bidirectional network is no map/)
  await onFlipFlop({ cell: 'feedforward' }).toThrow(/has no state/)
  const options = { signal: 'h', threshold: 0.3, maxClusters: 4, seed: 1 }
  expect(() => extractAutomaton(latch(), { text: '', ...options })).toThrow(/reads numbers, not text/)
  // An encoder has no output layer, and a Jordan network feeds its outputs back.
  const reverse = trained(
    'memory-problem',
    { problem: 'reverse' },
    { hidden: 3, cell: 'gru', input: 'onehot' },
  )
  const found = await fixedPoints(reverse, { ...search, text: 'abc', starts: 8 })
  expect(found.points.length).toBeGreaterThan(0)
  const fed = { ...search, starts: 8, numbers: () => [Float64Array.of(1, 0, -1, 0)] }
  const { points, stateSize } = await fixedPoints(flipFlop({ cell: 'jordan' }), fed)
  expect(stateSize).toBe(1)
  for (const { state, outputs } of points) expect(outputs[0]).toBeCloseTo(state[0]!, 5)
})
