// Batch normalisation against plain loops: the batch's own mean and variance in training, running means of them outside of it.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { add, input, mul, square, sum } from '../../src-main/engine/graph/ops.ts'
import { inspectText, openModel, openTraining } from '../../src-main/engine/index.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, type SequenceTraceOptions } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { checkGraph, expectClose, values } from './check.ts'
import { evaluate, type Feeds } from './evaluate.ts'
import { grouped, type FlatOptions } from '../options.ts'

const [steps, batch, inputs, hidden] = [6, 5, 3, 2]
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 1, ...given }) as RunConfig
type Rows = number[][]
type Options = { where: string; normSteps: number; epsilon: number; momentum?: number }

function setUp(cell: string, options: Options, length = steps, size = batch) {
  const { model } = configOf({ model: { cell, hidden, options } })
  const network = networkOf(model, { symbols: 0, dense: inputs, outputs: 1, outputBias: false })
  const weights = weightNodes(network)
  const x = input('x', [length, size, inputs])
  const init = stateShapes(network).map(({ name, size: n }) => input(`from ${name}`, [size, n]))
  const feeds: Record<string, ArrayLike<number>> = Object.fromEntries(
    [...weights.values(), x, ...init].map(({ attrs, shape }, i) => [attrs.name!, values(shape, i + 1)]),
  )
  feeds['layers.0.variance'] = Float64Array.from(feeds['layers.0.variance']!, (v) => Math.abs(v) + 0.1)
  feeds[`from 0.t`] = new Float64Array(size)
  return { network, weights, x, init, feeds, trace: (look: SequenceTraceOptions) => traceNetwork(network, weights, x, init, look) } // prettier-ignore
}

/** Sequences that end after 6, 6, 4, 3 and 1 steps. */
const lengths = [6, 6, 4, 3, 1]
const mask = Float64Array.from({ length: steps * batch }, (_, i) =>
  Math.floor(i / batch) < lengths[i % batch]! ? 1 : 0,
)

/** Mean and unbiased variance of every column over the rows that count. */
function moments(rows: Rows, counts: readonly boolean[]) {
  const given = rows.filter((_, b) => counts[b])
  const mean = rows[0]!.map((_, k) => given.reduce((s, r) => s + r[k]!, 0) / given.length)
  const square = mean.map((m, k) => given.reduce((s, r) => s + (r[k]! - m) ** 2, 0))
  return {
    mean,
    biased: square.map((v) => v / given.length),
    unbiased: square.map((v) => v / Math.max(1, given.length - 1)),
  }
}

/** The cell in plain loops: h (T, B, H), and what running means are made of, per step. */
function walk(
  cell: string,
  options: Options,
  feeds: Feeds,
  training: boolean,
  masked: boolean,
  length = steps,
  size = batch,
) {
  const w = (name: string) => feeds[`layers.0.${name}`]!
  const gates = cell === 'bn-lstm' ? 4 : 1
  const all = options.where === 'all'
  const total = w('mean').length / options.normSteps
  const cut = (name: string, n: number, b: number, t = 0) =>
    Array.from(feeds[name]!).slice((t * size + b) * n, (t * size + b + 1) * n)
  let h = range(size).map((b) => cut('from 0.h', hidden, b))
  let c = cell === 'bn-lstm' ? range(size).map((b) => cut('from 0.c', hidden, b)) : []
  const taken: { mean: number[]; variance: number[]; rows: number }[] = []
  const shown: Rows[] = []
  for (let t = 0; t < length; t++) {
    const counts = range(size).map((b) => !masked || mask[t * size + b] === 1)
    const step = { mean: [] as number[], variance: [] as number[], rows: counts.filter(Boolean).length }
    const normalise = (rows: Rows, gain: string): Rows => {
      const { mean, biased, unbiased } = moments(rows, counts)
      const at = Math.min(t, options.normSteps - 1) * total + step.mean.length
      step.mean.push(...mean)
      step.variance.push(...unbiased)
      return rows.map((row) =>
        row.map((v, k) => {
          const [m, s] = training ? [mean[k]!, biased[k]!] : [w('mean')[at + k]!, w('variance')[at + k]!]
          return (w(gain)[k]! * (v - m)) / Math.sqrt(s + options.epsilon)
        }),
      )
    }
    const product = (name: string, rows: Rows) =>
      rows.map((row) =>
        range(gates * hidden).map((r) => row.reduce((s, v, j) => s + v * w(name)[r * row.length + j]!, 0)),
      )
    const fromInput = normalise(
      product(
        'w_ih',
        range(size).map((b) => cut('x', inputs, b, t)),
      ),
      'gain_ih',
    )
    const plain = product('w_hh', h)
    const fromState = all ? normalise(plain, 'gain_hh') : plain
    const z = range(size).map((b) =>
      range(gates * hidden).map((r) => fromInput[b]![r]! + fromState[b]![r]! + w('b')[r]!),
    )
    const next = { h: z.map((row) => row.map(Math.tanh)), c }
    if (cell === 'bn-lstm') {
      const gate = (b: number, g: number, k: number) => z[b]![g * hidden + k]!
      next.c = range(size).map((b) =>
        range(hidden).map(
          (k) => sigmoid(gate(b, 1, k)) * c[b]![k]! + sigmoid(gate(b, 0, k)) * Math.tanh(gate(b, 2, k)),
        ),
      )
      const seen = all
        ? normalise(next.c, 'gain_c').map((row) => row.map((v, k) => v + w('b_c')[k]!))
        : next.c
      next.h = seen.map((row, b) => row.map((v, k) => sigmoid(gate(b, 3, k)) * Math.tanh(v)))
    }
    h = next.h.map((row, b) => (counts[b] ? row : h[b]!))
    c = next.c.map((row, b) => (counts[b] ? row : c[b]!))
    shown.push(next.h)
    taken.push(step)
  }
  return { shown, taken }
}

const cases = ['bn-lstm', 'bn-rnn'].flatMap((cell) =>
  ['all', 'input'].map((where) => ({ cell, where, normSteps: 4, epsilon: 0.01, momentum: 0.2 })),
)

describe.each(cases)('$cell, $where', ({ cell, ...options }) => {
  it.each([[true, false], [true, true], [false, false], [false, true]])('is the formula, training %s, padding %s', (training, masked) => {
    const { feeds, trace } = setUp(cell, options)
    const padding = input('mask', [steps, batch])
    const { features: top } = trace({ training, ...(masked && { mask: padding }) })
    const [found] = evaluate([top], { ...feeds, mask })
    walk(cell, options, feeds, training, masked).shown.forEach((rows, t) => rows.forEach((row, b) => {
      if (masked && mask[t * batch + b] === 0) return
      const at = (t * batch + b) * hidden
      expectClose(found!.slice(at, at + hidden), row, 1e-11, `step ${t} of sequence ${b}`)
    }))
  }) // prettier-ignore

  it.each([false, true])(
    'has gradients through the batch that equal finite differences, padding %s',
    (masked) => {
      const { feeds, trace, weights, x, init } = setUp(cell, options)
      const padding = input('mask', [steps, batch])
      const { features: top, final } = trace({ training: true, ...(masked && { mask: padding }) })
      // Anything but a sum of squares of what has mean 0 and variance 1.
      const uneven = input('uneven', top.shape)
      const loss = [mul(square(top), uneven), ...final.map(square)]
        .map((n) => sum(n))
        .reduce((a, b) => add(a, b))
      const wrt = [...weights.values(), x, ...init].filter(
        (n) => !/mean|variance|readout|\.t$/.test(n.attrs.name!),
      )
      checkGraph(loss, wrt, { ...feeds, uneven: values(top.shape, 9), ...(masked && { mask }) })
    },
  )

  it.each([false, true])(
    'moves running means by the momentum towards what their step showed, padding %s',
    (masked) => {
      const { feeds, trace } = setUp(cell, options)
      const padding = input('mask', [steps, batch])
      const { statistics } = trace({ training: true, ...(masked && { mask: padding }) })
      const names = ['mean', 'variance'] as const
      const found = evaluate(
        names.map((n) => statistics.get(`layers.0.${n}`)!),
        { ...feeds, mask },
      )
      const { taken } = walk(cell, options, feeds, true, masked)
      // Weight of a step: its sequences but one, of all but one. Steps 3, 4 and 5 share the last place.
      const weight = taken.map(({ rows }) => (rows - 1) / (batch - 1))
      names.forEach((name, which) => {
        const old = feeds[`layers.0.${name}`]!
        const size = old.length / options.normSteps
        const expected = range(options.normSteps).flatMap((place) => {
          const mine = range(steps).filter((t) => Math.min(t, options.normSteps - 1) === place)
          const total = mine.reduce((s, t) => s + weight[t]!, 0)
          const rate = options.momentum * Math.min(1, total)
          return range(size).map((k) => {
            const target = mine.reduce((s, t) => s + weight[t]! * taken[t]![name][k]!, 0) / total
            const before = old[place * size + k]!
            return before + rate * (target - before)
          })
        })
        expectClose(found[which]!, expected, 1e-11, name)
      })
    },
  )

  it('outside of training says of a sequence the same whatever its neighbours and stretches', () => {
    const whole = setUp(cell, options)
    const [top] = evaluate([whole.trace({}).features], whole.feeds)
    for (const b of [0, 3]) {
      const one = setUp(cell, options, 1, 1)
      const trace = one.trace({})
      let states: ArrayLike<number>[] = one.init.map((n) => {
        const all = Array.from(whole.feeds[n.attrs.name!]!)
        return all.slice((b * all.length) / batch, ((b + 1) * all.length) / batch)
      })
      for (let t = 0; t < steps; t++) {
        const x = Array.from(whole.feeds.x!).slice((t * batch + b) * inputs, (t * batch + b + 1) * inputs)
        const from = Object.fromEntries(one.init.map((n, i) => [n.attrs.name!, states[i]!]))
        const [h, ...final] = evaluate([trace.features, ...trace.final], { ...whole.feeds, ...from, x })
        expectClose(h!, top!.slice((t * batch + b) * hidden, (t * batch + b + 1) * hidden), 1e-12)
        states = final
      }
    }
  })
})

it('moves the means of steps that a carried stretch did not reach towards what the whole stretch showed', () => {
  const options = { where: 'input', normSteps: 4, epsilon: 0.01, momentum: 0.2 }
  const { feeds, trace } = setUp('bn-rnn', options)
  const { statistics } = trace({ training: true })
  // The stretch starts at step 9: all of its steps share the last place.
  const carried = { ...feeds, 'from 0.t': new Float64Array(batch).fill(9) }
  const [found] = evaluate([statistics.get('layers.0.mean')!], carried)
  const { taken } = walk('bn-rnn', options, feeds, true, false)
  const target = range(hidden).map((k) => taken.reduce((s, { mean }) => s + mean[k]!, 0) / steps)
  const old = Array.from(feeds['layers.0.mean']!)
  expectClose(
    found!,
    old.map((v, i) => v + 0.2 * (target[i % hidden]! - v)),
    1e-12,
  )
})

describe('trained on a text', () => {
  const text = 'the rain in spain stays mainly in the plain; in spain the rain is plain. '.repeat(12)
  const train = (cell: string, given: FlatOptions = {}, options = {}) => {
    const config = configOf({
      data: { kind: 'text', validation: 0 },
      model: { cell, hidden: 6, embedding: 4, options },
      ...grouped({ window: 8, batch: 12, steps: 150, ...given }),
      logging: { sampleEvery: 0 },
    })
    const training = openTraining({ config, text }, referenceExecutor())
    for (const event of training.events()) void event
    return training.checkpoint()
  }

  it('running means become those of the whole text', () => {
    // Weights stand still, so the population is known: W_ih times the embedding of every symbol.
    const tensors = readCheckpoint(
      train('bn-lstm', { lr: 1e-30, steps: 400, stateful: false }, { momentum: 0.02 }),
    ).tensors
    const [table, w, mean, variance] = [
      'embedding.w',
      'layers.0.w_ih',
      'layers.0.mean',
      'layers.0.variance',
    ].map((name) => tensors.get(name)!.data)
    const symbols = [...new Set(text)]
    const { vocabulary } = readCheckpoint(train('bn-lstm', { steps: 1 }))
    expect(vocabulary.length).toBe(symbols.length)
    const ids = [...text].map((symbol) => vocabulary.indexOf(symbol))
    const sums = ids.map((id) =>
      range(24).map((r) => range(4).reduce((s, e) => s + w![r * 4 + e]! * table![id * 4 + e]!, 0)),
    )
    const { mean: m, unbiased: v } = moments(
      sums,
      sums.map(() => true),
    )
    const size = 9 * 6
    // The eighth step, which every window reaches.
    m.forEach((value, k) => {
      const scale = Math.sqrt(v[k]!)
      expect(Math.abs(mean![7 * size + k]! - value) / scale).toBeLessThan(0.15)
      expect(Math.abs(variance![7 * size + k]! / v[k]! - 1)).toBeLessThan(0.25)
    })
  })

  it('is deterministic when read, and not what the batch made of it', () => {
    const model = openModel(train('bn-lstm'), referenceExecutor())
    const grid = () =>
      Array.from(inspectText(model, { text: text.slice(0, 40), layer: 0, signal: 'h' }).values)
    expect(grid()).toEqual(grid())
    const { weights, x, init, feeds, trace } = setUp('bn-lstm', { where: 'all', normSteps: 4, epsilon: 1e-5 })
    const program = (training: boolean) => {
      const executable = referenceExecutor().load(compile({ outputs: { top: trace({ training }).features } }))
      for (const { attrs } of [...weights.values(), x, ...init] as Node[])
        if (executable.program.slots.has(attrs.name!)) executable.write(attrs.name!, feeds[attrs.name!]!)
      executable.run({ seed: [0, 0], step: 0 })
      return Array.from(executable.read('top'))
    }
    const [inTraining, outside] = [program(true), program(false)]
    expect(Math.max(...inTraining.map((v, i) => Math.abs(v - outside[i]!)))).toBeGreaterThan(0.05)
  })
})
