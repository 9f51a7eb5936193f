// The online rule against its pseudo-code in plain loops, and the three series learnt with it.
import { describe, expect, it } from 'vitest'
import { series } from '../../src-main/engine/tasks/symbolSeries/series.ts'
import { chooseExecutor, openTraining, readCheckpoint } from '../../src-main/engine/index.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { elmanConfig } from './elmanConfig.ts'

type Matrix = number[][]
const s = (x: number) => 1 / (1 + Math.exp(-x))
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0)

/** One epoch of an Elman network without biases: changes the matrices in place. */
function epoch(
  wx: Matrix,
  wh: Matrix,
  wo: Matrix,
  input: number[],
  answer: number[],
  rate: number,
  depth: number,
): void {
  const hidden = wh.length
  const h: number[][] = []
  const y: number[][] = []
  input.forEach((symbol, t) => {
    const before = t > 0 ? h[t - 1]! : Array<number>(hidden).fill(0)
    h.push(wh.map((row, i) => s(wx[i]![symbol - 1]! + dot(row, before))))
    y.push(wo.map((row) => s(dot(row, h[t]!))))
  })
  for (let t = input.length - 1; t >= 0; t--) {
    const e = y[t]!.map((v, o) => (v - (answer[t] === o + 1 ? 1 : 0)) * v * (1 - v))
    wo.forEach((row, o) => row.forEach((_, i) => (row[i]! -= rate * e[o]! * h[t]![i]!)))
    let d = h[t]!.map((v, i) => e.reduce((sum, err, o) => sum + wo[o]![i]! * err, 0) * v * (1 - v))
    for (let k = t; k > t - depth && k >= 1; k--) {
      wx.forEach((row, i) => (row[input[k]! - 1]! -= rate * d[i]!))
      wh.forEach((row, i) => row.forEach((_, j) => (row[j]! -= rate * d[i]! * h[k - 1]![j]!)))
      d = h[k - 1]!.map((v, j) => d.reduce((sum, di, i) => sum + wh[i]![j]! * di, 0) * v * (1 - v))
    }
  }
}

const matrix = (bytes: Uint8Array, name: string): Matrix => {
  const { shape, data } = readCheckpoint(bytes).tensors.get(name)!
  return Array.from({ length: shape[0]! }, (_, i) =>
    Array.from(data.slice(i * shape[1]!, (i + 1) * shape[1]!)),
  )
}
const names = ['layers.0.wx', 'layers.0.wh', 'readout.w'] as const

describe('the online rule', () => {
  it.each([
    [1, 1],
    [1, 3],
    [2, 3],
    [3, 2],
    [3, 9],
  ] as const)('on series %i with depth %i equals the plain loops over 40 epochs', (which, depth) => {
    const config = elmanConfig(which, {}, { epochs: 40, window: depth, lr: 0.5, stopWhenSolved: false })
    const training = openTraining({ config, text: '' }, referenceExecutor())
    const [wx, wh, wo] = names.map((name) => matrix(training.checkpoint(), name)) as [Matrix, Matrix, Matrix]
    for (const event of training.events()) void event
    const { input, answer } = series[which]
    for (let i = 0; i < 40; i++) epoch(wx, wh, wo, input, answer, 0.5, depth)
    ;[wx, wh, wo].forEach((expected, m) => {
      matrix(training.checkpoint(), names[m]!).forEach((row, i) =>
        row.forEach((v, j) => expect(Math.abs(v - expected[i]![j]!)).toBeLessThan(1e-12)),
      )
    })
  })

  it('runs with every cell and with embeddings', () => {
    for (const cell of ['feedforward', 'rnn', 'lstm', 'gru']) {
      for (const input of ['onehot', 'embedding']) {
        const training = openTraining(
          { config: elmanConfig(1, { cell, input }, { epochs: 60, lr: 0.5, logEvery: 6 }), text: '' },
          referenceExecutor(),
        )
        const losses = [...training.events()].flatMap((e) =>
          e.kind === 'metrics' ? [e.values['train/loss']!] : [],
        )
        expect(losses.at(-1)!, `${cell} ${input}`).toBeLessThan(losses[0]!)
      }
    }
  })
})

describe("Elman's series", () => {
  it('shows the table of what went in, what should and what did come out', () => {
    const training = openTraining(
      { config: elmanConfig(1, {}, { lr: 0.5, epochs: 5000, sampleEvery: 600 }), text: '' },
      chooseExecutor('auto', 1).executor,
    )
    const tables = [...training.events()].flatMap((e) =>
      e.kind === 'sample' && e.table?.kind === undefined ? [e.table!] : [],
    )
    const last = tables.at(-1)!
    expect(tables.length).toBeGreaterThan(1)
    expect(tables[0]!.solved).toBe(false)
    expect(last.solved).toBe(true)
    expect(last.input).toEqual(series[1].input)
    last.predicted.forEach((row, t) =>
      expect(row.map((v) => v > 0.5)).toEqual([1, 2, 3, 4].map((o) => o === last.expected[t])),
    )
  })
})
