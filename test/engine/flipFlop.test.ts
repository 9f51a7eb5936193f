// The flip-flop task: its sequences against a plain loop, its validation against a tanh network in plain loops, and the held-out numbers of
// all tasks whose networks read numbers.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import type { ChannelsTable } from '../../src-main/contract/run.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { openModel, openTraining } from '../../src-main/engine/index.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { drawSequences, pulseBuffers } from '../../src-main/engine/tasks/flipFlop/sequences.ts'
import { heldOutNumbers } from '../../src-main/engine/tasks/index.ts'

const configOf = (task: string, data: object, more: object = {}) =>
  parseConfig({ seed: 1, task, data: data as never, train: { bptt: 'full' }, ...more }) as RunConfig

describe('sequences', () => {
  it('hold the sign of the last pulse of each channel; the first step has a pulse on all', () => {
    const data = { channels: 2, length: 200, pulseProbability: 0.3 }
    const columns = 20
    const { pulses, signs } = pulseBuffers(data, columns)
    drawSequences(data, randomStream({ seed: [1, 2], step: 0 }, 3), columns, { pulses, signs })
    const at = (t: number, b: number, c: number) => (t * columns + b) * 2 + c
    let later = 0
    for (let b = 0; b < columns; b++)
      for (let c = 0; c < 2; c++) {
        expect(Math.abs(pulses[at(0, b, c)]!)).toBe(1)
        for (let t = 0, held = 0; t < data.length; t++) {
          const pulse = pulses[at(t, b, c)]!
          if (pulse !== 0) held = pulse
          if (t > 0) later += Math.abs(pulse)
          expect(signs[at(t, b, c)]).toBe(held)
        }
      }
    // 7,960 draws with p = 0.3 have a standard deviation of 0.005.
    expect(later / (199 * columns * 2)).toBeCloseTo(0.3, 1)
    expect(Math.abs(pulses.reduce((sum, pulse) => sum + pulse, 0))).toBeLessThan(200)
  })
})

it('validates on the mean squared error, and on the steps at which all signs are right', () => {
  const config = configOf(
    'flip-flop',
    { channels: 2, length: 5 },
    {
      model: { cell: 'rnn', hidden: 3 },
      train: { bptt: 'full', batch: 4, steps: 30 },
      optimizer: { lr: 0.05 },
      logging: { evalEvery: 30, sampleEvery: 30 },
    },
  )
  const executor = referenceExecutor()
  const training = openTraining({ config, text: '' }, executor)
  const events = [...training.events()]
  const measured = Object.assign({}, ...events.map((event) => (event.kind === 'metrics' ? event.values : {})))
  const { weights } = openModel(training.checkpoint(), executor)
  const w = (name: string) => weights.get(name)!.data
  const product = (name: string, row: number, x: readonly number[]) =>
    x.reduce((sum, value, i) => sum + w(name)[row * x.length + i]! * value, 0)
  let [squares, right] = [0, 0]
  const sequences = heldOutNumbers(config, '', 512 * 5)!
  const outputs = sequences.map((sequence) => {
    let h = [0, 0, 0]
    const held = [0, 0]
    return Array.from({ length: 5 }, (_, t) => {
      const x = [...sequence.subarray(2 * t, 2 * t + 2)]
      h = h.map((_, r) =>
        Math.tanh(
          product('layers.0.w_ih', r, x) +
            product('layers.0.w_hh', r, h) +
            w('layers.0.b_ih')[r]! +
            w('layers.0.b_hh')[r]!,
        ),
      )
      const y = [0, 1].map((c) => product('readout.w', c, h) + w('readout.b')[c]!)
      x.forEach((pulse, c) => pulse !== 0 && (held[c] = pulse))
      y.forEach((value, c) => (squares += (value - held[c]!) ** 2))
      right += Number(y.every((value, c) => value * held[c]! > 0))
      return y
    })
  })
  expect(sequences).toHaveLength(512)
  expect(measured['val/loss']).toBeCloseTo(squares / (512 * 5 * 2), 9)
  expect(measured['val/accuracy']).toBeCloseTo(right / (512 * 5), 12)
  const table = events.flatMap((event) => (event.kind === 'sample' ? [event] : [])).at(-1)!.table
  const shown = (table as ChannelsTable).sequences
  expect(shown.map(({ input }) => input.flat())).toEqual(sequences.slice(0, 4).map((one) => [...one]))
  shown[3]!.predicted.flat().forEach((value, i) => expect(value).toBeCloseTo(outputs[3]!.flat()[i]!, 3))
})

it('held-out numbers are the inputs of the validation, whole sequences up to the steps that are asked for', () => {
  const addition = heldOutNumbers(configOf('binary-addition', { bits: 4 }), '', 12)!
  expect(addition.map(({ length }) => length)).toEqual([10, 10, 10])
  expect(new Set(addition.flatMap((one) => [...one]))).toEqual(new Set([0, 1]))
  const adding = heldOutNumbers(configOf('memory-problem', { problem: 'adding', length: 6 }), '', 13)!
  expect(adding.map(({ length }) => length)).toEqual([12, 12, 12])
  for (const one of adding) expect(one.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b)).toBe(2)
  const table = ['value', ...Array.from({ length: 20 }, (_, i) => i)].join('\n')
  const forecast = configOf('series-forecast', { history: 3, validation: 0.3 })
  const [first, second] = heldOutNumbers(forecast, table, 4)!
  // The series is standardised by its first 14 values, 0 to 13; the first held-out value is 14.
  expect([...first!].map((value) => value * Math.sqrt((14 ** 2 - 1) / 12) + 6.5)).toEqual([
    expect.closeTo(11, 9),
    expect.closeTo(12, 9),
    expect.closeTo(13, 9),
  ])
  expect(second!.subarray(0, 2)).toEqual(first!.subarray(1))
  expect(heldOutNumbers(configOf('memory-problem', { problem: 'parity' }), '', 9)).toBeUndefined()
  const withoutValidation = configOf('series-forecast', { history: 3, validation: 0 })
  expect(heldOutNumbers(withoutValidation, table, 4)).toBeUndefined()
})
