// Jordan networks against plain loops: what is fed back is the activated output of the whole network; Elman's rule walks back through it.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { series } from '../../src-main/engine/tasks/symbolSeries/series.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { chooseExecutor, openTraining, readCheckpoint } from '../../src-main/engine/index.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { outputsOf, traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { evaluate } from './evaluate.ts'
import { grouped, type FlatOptions } from '../options.ts'

type Matrix = number[][]
const s = (v: number) => 1 / (1 + Math.exp(-v))
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0)
const rows = (data: ArrayLike<number>, columns: number): Matrix =>
  Array.from({ length: data.length / columns }, (_, r) =>
    Array.from(data).slice(r * columns, (r + 1) * columns),
  )
const softmax = (z: number[]) => {
  const total = z.reduce((sum, v) => sum + Math.exp(v), 0)
  return z.map((v) => Math.exp(v) / total)
}

describe.each(['sigmoid', 'softmax', 'none'] as const)('read through %s', (activation) => {
  it('feeds the last output of the network to every layer', () => {
    const [steps, batch, inputs, outputs, units] = [4, 2, 3, 2, [5, 4]]
    const { model } = parseConfig({ seed: 1, model: { cell: 'jordan', layers: '5/4' } }) as RunConfig
    const network = networkOf(model, {
      symbols: 0,
      dense: inputs,
      outputs,
      outputBias: true,
      activation,
    })
    expect(stateShapes(network)).toEqual([
      { name: '0.y', size: outputs },
      { name: '1.y', size: outputs },
    ])
    const weights = weightNodes(network)
    const first = input('y', [batch, outputs])
    const trace = traceNetwork(network, weights, input('x', [steps, batch, inputs]), [first, first])
    const feeds = Object.fromEntries(
      [...weights, ['x', { shape: [steps, batch, inputs] }] as const, ['y', first] as const].map(
        ([name, { shape }], i) => [name, values(shape, i + 1)],
      ),
    )
    const [found, ...finals] = evaluate([outputsOf(network, weights, trace), ...trace.final], feeds)
    const matrix = (name: string, columns: number) => rows(feeds[name]!, columns)
    const wx = [matrix('layers.0.wx', inputs), matrix('layers.1.wx', units[0]!)]
    const wh = [matrix('layers.0.wh', outputs), matrix('layers.1.wh', outputs)]
    const wo = matrix('readout.w', units[1]!)
    for (let b = 0; b < batch; b++) {
      let y = rows(feeds.y!, outputs)[b]!
      for (let t = 0; t < steps; t++) {
        let below = rows(feeds.x!, inputs)[t * batch + b]!
        for (const layer of [0, 1])
          below = units
            .slice(layer, layer + 1)
            .flatMap((n) =>
              Array.from({ length: n }, (_, k) => s(dot(wx[layer]![k]!, below) + dot(wh[layer]![k]!, y))),
            )
        const logits = wo.map((row, o) => dot(row, below) + feeds['readout.b']![o]!)
        expectClose(rows(found!, outputs)[t * batch + b]!, logits, 1e-12)
        y = activation === 'none' ? logits : activation === 'sigmoid' ? logits.map(s) : softmax(logits)
      }
      for (const final of finals) expectClose(rows(final, outputs)[b]!, y, 1e-12)
    }
  })
})

/** One epoch of Elman's rule on a Jordan network: the error walks from h_t over y_(t-1) and the readout into h_(t-1). */
function epoch(
  wx: Matrix,
  wh: Matrix,
  wo: Matrix,
  input: number[],
  answer: number[],
  rate: number,
  depth: number,
): void {
  const h: Matrix = []
  const y: Matrix = []
  input.forEach((symbol, t) => {
    const before = y[t - 1] ?? [0, 0, 0, 0]
    h.push(wh.map((row, i) => s(wx[i]![symbol - 1]! + dot(row, before))))
    y.push(wo.map((row) => s(dot(row, h[t]!))))
  })
  const through = (e: number[], t: number) =>
    h[t]!.map((v, i) => e.reduce((sum, err, o) => sum + wo[o]![i]! * err, 0) * v * (1 - v))
  const teach = (e: number[], t: number) =>
    wo.forEach((row, o) => row.forEach((_, i) => (row[i]! -= rate * e[o]! * h[t]![i]!)))
  for (let t = input.length - 1; t >= 0; t--) {
    const e = y[t]!.map((v, o) => (v - (answer[t] === o + 1 ? 1 : 0)) * v * (1 - v))
    teach(e, t)
    // What flows into y_k, and with the readout (of h_t: e) into what made h_k; changed weights carry it on.
    let back: number[] = []
    let flow = () => through(e, t)
    for (let k = t; k > t - depth && k >= 1; k--) {
      const d = flow()
      if (k < t) teach(back, k)
      wx.forEach((row, i) => (row[input[k]! - 1]! -= rate * d[i]!))
      wh.forEach((row, i) => row.forEach((_, o) => (row[o]! -= rate * d[i]! * y[k - 1]![o]!)))
      const on = flow()
      const into = y[k - 1]!.map((v, o) => on.reduce((sum, di, i) => sum + wh[i]![o]! * di, 0) * v * (1 - v))
      back = into
      flow = () => through(into, k - 1)
    }
  }
}

const configOf = (which: 1 | 2 | 3, options: FlatOptions, seed = 3): RunConfig =>
  parseConfig({
    seed,
    data: { kind: 'series', series: which },
    model: { cell: 'jordan', hidden: 6, input: 'onehot' },
    ...grouped({
      window: 3,
      batch: 1,
      steps: 0,
      optimizer: 'sgd',
      clipNorm: 0,
      lr: 0.5,
      schedule: 'constant',
      sampleEvery: 0,
      evalEvery: 0,
      ...options,
    }),
  }) as RunConfig

describe("Elman's series", () => {
  it.each([
    [1, 1],
    [1, 3],
    [2, 2],
  ] as const)('%i by the online rule of depth %i equals the plain loops over 40 epochs', (which, depth) => {
    const config = configOf(which, { bptt: 'online', epochs: 40, window: depth, stopWhenSolved: false })
    const training = openTraining({ config, text: '' }, referenceExecutor())
    const read = () => {
      const { tensors } = readCheckpoint(training.checkpoint())
      return ['layers.0.wx', 'layers.0.wh', 'readout.w'].map((name) =>
        rows(tensors.get(name)!.data, tensors.get(name)!.shape[1]!),
      )
    }
    const plain = read() as [Matrix, Matrix, Matrix]
    for (const event of training.events()) void event
    const { input, answer } = series[which]
    for (let i = 0; i < 40; i++) epoch(...plain, input, answer, 0.5, depth)
    read().forEach((found, m) => expectClose(found.flat(), plain[m]!.flat(), 1e-11))
  })

  it.each(['full', 'online'] as const)('1 is solved by every seed, bptt %s', (bptt) => {
    const { executor } = chooseExecutor('auto', 1)
    for (let seed = 0; seed < 10; seed++) {
      const config = configOf(1, { bptt, epochs: 3000, logEvery: 1e6, checkpointEvery: 1e6 }, seed)
      let solved = false
      for (const event of openTraining({ config, text: '' }, executor).events())
        solved = event.kind === 'done' && event.solved
      expect(solved, `seed ${seed}`).toBe(true)
    }
  })
})
