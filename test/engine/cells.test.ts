// What every cell must pass, drawn from the registry: exact gradients, memory for twenty characters, a faithful save, honest signals.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { add, input, square, sum } from '../../src-main/engine/graph/ops.ts'
import { inspectText, openModel, openTraining } from '../../src-main/engine/index.ts'
import { initialValues } from '../../src-main/engine/nn/initialise.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { outputsOf, traceNetwork } from '../../src-main/engine/nn/trace.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { checkGraph, expectClose, values } from './check.ts'

const executor = referenceExecutor()
const native = loadNative()
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 7, ...given }) as RunConfig

interface Definition {
  innerType?: { type: string; options?: string[] }
  defaultValue?: unknown
}
type Options = Record<string, string | number | boolean>
/** Choices that meet each other. */
const combined: Record<string, Options[]> = {
  'lstm-variant': [
    { gates: 'coupled', outputGate: false, gateRecurrence: true, peepholes: false },
    { gates: 'no-forget', outputActivation: false, gateRecurrence: true },
  ],
  clockwork: [{ groups: 2 }],
  'bn-lstm': [{ normSteps: 1 }, { where: 'input', normSteps: 2 }],
  qrnn: [{ width: 1 }, { width: 4, pooling: 'ifo' }],
}
/** Every cell with every choice of its options, defaults first, and some together. */
const variants = cells.flatMap((cell) => {
  const choices = Object.entries(cell.options.shape).flatMap(([key, schema]): Options[] => {
    const { innerType, defaultValue } = (schema as { def: Definition }).def
    if (innerType?.type === 'boolean') return [{ [key]: !defaultValue }]
    return (innerType?.options ?? []).slice(1).map((value) => ({ [key]: value }))
  })
  return [{}, ...choices, ...(combined[cell.id] ?? [])].map((options: Options) => ({ cell, options }))
})
/** Signals of gates that an option takes away: they are open, 1 everywhere. */
const removed = ({ gates, outputGate, pooling }: Record<string, unknown>): string[] => [
  ...(gates === 'no-input' ? ['i'] : gates === 'no-forget' ? ['f'] : []),
  ...(outputGate === false || pooling === 'f' ? ['o'] : []),
]

/** Fewer running means to go through one by one. */
const small: Record<string, Options> = { 'bn-lstm': { normSteps: 3 }, 'bn-rnn': { normSteps: 3 } }

describe.each(variants)('$cell.id $options', ({ cell, options }) => {
  it('has gradients that equal finite differences, for weights, inputs and first states', () => {
    // Two layers deep once per cell.
    const layers = Object.keys(options).length === 0 ? 2 : 1
    const given = { ...small[cell.id], ...options }
    const model = configOf({ model: { cell: cell.id, hidden: 3, layers, options: given } }).model
    const network = networkOf(model, { symbols: 0, dense: 2, outputs: 2, outputBias: true })
    const weights = weightNodes(network)
    const x = input('x', [4, 2, 2])
    const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [2, size]))
    const trace = traceNetwork(network, weights, x, init)
    const y = outputsOf(network, weights, trace)
    const loss = [y, ...trace.final].map((n) => sum(square(n))).reduce((a, b) => add(a, b))
    const leaves = [...weights.values(), x, ...init]
    const feeds = Object.fromEntries(
      leaves.map((n, i) => {
        const start = values(n.shape, i + 1)
        // Running statistics may be variances.
        const statistic = network.weights.get(n.attrs.name!)?.role === 'buffer'
        return [n.attrs.name!, statistic ? start.map((v) => Math.abs(v) + 0.3) : start]
      }),
    )
    checkGraph(loss, leaves, feeds)
  })

  it.each([1, 5])(
    'has finite first weights of the right size with every choice of them, %i units',
    (hidden) => {
      for (const init of ['default', 'uniform', 'xavier', 'orthogonal', 'identity'] as const) {
        const { model } = configOf({
          model: { cell: cell.id, hidden, layers: 2, embedding: 4, init, options },
        })
        const { weights } = networkOf(model, { symbols: 6, outputs: 6, outputBias: true })
        ;[...weights].forEach(([name, weight], i) => {
          const start = initialValues(weight, init, 7, i)
          expect(start, name).toHaveLength(weight.shape.reduce((n, d) => n * d, 1))
          expect(start.every(Number.isFinite), name).toBe(true)
        })
      }
    },
  )

  it('memorises twenty characters', () => {
    // What only remembers its last answer, the symbol it reads now, is told no more by it.
    const remembers = cell.state.length > 0 && !cell.outputFeedback
    const text = remembers ? 'to be, or not to be:' : 'abcdefghijklmnopqrst'
    const config = configOf({
      data: { kind: 'text', validation: 0 },
      model: { cell: cell.id, hidden: 24, embedding: 8, options },
      train: { window: 19, batch: cell.smallestBatch ?? 1, stateful: false, steps: 800 },
      optimizer: { lr: 0.02 },
      schedule: { name: 'constant' },
      logging: { sampleEvery: 0, logEvery: 1 },
    })
    const training = openTraining({ config, text: text.repeat(cell.smallestBatch ?? 1) }, executor)
    let loss = Infinity
    for (const event of training.events()) {
      if (event.kind === 'metrics') loss = event.values['train/loss']!
      if (loss < 0.1) break
    }
    expect(loss).toBeLessThan(0.1)
  })

  it('is the same after saving and loading, and shows every signal with the shape (T, H) in its range', () => {
    const text = 'hello, hello world'
    const config = configOf({
      data: { kind: 'text', validation: 0 },
      model: { cell: cell.id, hidden: 5, layers: 2, embedding: 4, options },
      train: { window: 6, batch: 2, steps: 3 },
      logging: { sampleEvery: 0 },
    })
    const training = openTraining({ config, text }, executor)
    for (const event of training.events()) void event
    const bytes = training.checkpoint()
    const again = openTraining({ config, text, resume: bytes }, executor)
    expect(Buffer.compare(again.checkpoint(), bytes)).toBe(0)
    const model = openModel(bytes, executor)
    for (const layer of [0, 1]) {
      for (const signal of cell.signals) {
        const grid = inspectText(model, { text, layer, signal: signal.id })
        expect(grid.values).toHaveLength(text.length * 5)
        expect(grid.tokens).toEqual([...text])
        const [low, high] =
          signal.kind === 'gate' ? [0, 1] : signal.kind === 'bounded' ? [-1, 1] : [-Infinity, Infinity]
        expect(grid.values.every((v) => v >= low && v <= high)).toBe(true)
        // What finds boundaries need not find any in so short a text, and the top layer looks for none.
        if (cell.coupled && signal.id === 'z') continue
        if (removed(options).includes(signal.id)) expect(grid.values.every((v) => v === 1)).toBe(true)
        else expect(grid.values.some((v) => v !== grid.values[0])).toBe(true)
      }
    }
  })

  it.runIf(!('unavailable' in native))('trains natively as in plain loops', () => {
    const config = configOf({
      data: { kind: 'text', validation: 0 },
      model: { cell: cell.id, hidden: 9, layers: 2, embedding: 4, options },
      train: { window: 6, batch: 2, steps: 3 },
      optimizer: { name: 'sgd', lr: 0.1 },
      logging: { sampleEvery: 0 },
    })
    const [plain, fast] = [executor, native as Executor].map((on) => {
      const training = openTraining({ config, text: 'hello, hello world' }, on)
      for (const event of training.events()) void event
      return readCheckpoint(training.checkpoint()).tensors
    })
    // The difference of two sequences, divided by itself, is as exact as their last digits.
    const tolerance = cell.smallestBatch ? 5e-4 : 2e-5
    for (const [name, { data }] of plain!) expectClose(fast!.get(name)!.data, data, tolerance, name)
  })
})
