// Zoneout, penalties and residual links held to their formulas, and all regularisers together: what they do to values, that evaluation
// never sees them, and that nothing changes where they are off.
import { describe, expect, it } from 'vitest'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import { cellById, cells } from '../../src-main/engine/cells/index.ts'
import { readCheckpoint } from '../../src-main/engine/checkpoint/read.ts'
import { compile, sharedArenaOf, type SharedArena } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import type { Task } from '../../src-main/engine/training/task.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { add, square, sum } from '../../src-main/engine/graph/ops.ts'
import { openTraining } from '../../src-main/engine/index.ts'
import { readout } from '../../src-main/engine/nn/ends.ts'
import { stateShapes, type SequenceNetwork } from '../../src-main/engine/nn/network.ts'
import { penalised } from '../../src-main/engine/nn/trace.ts'
import { growthInput, noRegularisers } from '../../src-main/engine/nn/regularise.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import { sampleProgram } from '../../src-main/engine/training/trainingPrograms.ts'
import { answersProgram, evaluationProgram, trainingProgram } from '../../src-main/engine/training/program.ts'
import { expectClose } from './check.ts'
import { B, H, configOf, draws, executor, runAt, small, type Feeds } from './smallNetwork.ts'
import { grouped, type FlatOptions } from '../options.ts'

const text = 'the rain in spain stays mainly in the plain; in spain the rain is plain. '.repeat(4)
const allOn = {
  dropout: 0.3,
  recurrentDropout: 0.2,
  zoneout: 0.15,
  activityRegularization: 0.5,
  dropoutGrowth: 0.4,
}

const finals = (network: SequenceNetwork, nodes: readonly Node[]) =>
  Object.fromEntries(stateShapes(network).map(({ name }, i) => [name, nodes[i]!]))
describe('zoneout', () => {
  it.each(cells.filter((c) => c.state.length > 0).map((c) => c.id))(
    '%s: p = 1 holds every state exactly',
    (id) => {
      const { network, trace, feeds } = small(id, { zoneout: 1 })
      const plain = small(id, {})
      const counted = runAt(finals(plain.network, plain.trace(true).final), feeds)(0)
      for (const training of [true, false]) {
        const end = runAt(finals(network, trace(training).final), feeds)(0)
        for (const [name, held] of Object.entries(end)) {
          const exact = cellById(id).exact?.includes(name.slice(2))
          expect(held, name).toEqual(exact ? counted[name] : [...(feeds[`from ${name}`] as Float64Array)])
        }
      }
    },
  )

  it('keeps a unit or renews it in training, and takes the mean of both otherwise; the layer shows what the state became', () => {
    const p = 0.3
    const { network, trace, feeds } = small('lstm', { zoneout: p }, {}, 1)
    const plain = small('lstm', {}, {}, 1)
    const next = runAt(finals(plain.network, plain.trace(true).final), feeds)(0)
    const [training, evaluated] = [trace(true), trace(false)]
    const drawn = runAt({ ...finals(network, training.final), top: training.features }, feeds)
    const mixed = runAt({ ...finals(network, evaluated.final), top: evaluated.features }, feeds)(0)
    const n = 4000
    const kept = { '0.h': new Float64Array(B * H), '0.c': new Float64Array(B * H) }
    for (let step = 0; step < n; step++) {
      const now = drawn(step)
      expect(now.top).toEqual(now['0.h'])
      for (const name of ['0.h', '0.c'] as const)
        now[name]!.forEach((v, i) => {
          if (v === feeds[`from ${name}`]![i]) kept[name][i]!++
          else if (v !== next[name]![i]) expect.fail(`${name}[${i}] is neither old nor new`)
        })
    }
    for (const name of ['0.h', '0.c'] as const) {
      for (const k of kept[name]) expect(Math.abs(k / n - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n))
      expectClose(
        mixed[name]!,
        next[name]!.map((v, i) => p * feeds[`from ${name}`]![i]! + (1 - p) * v),
        1e-12,
        name,
      )
    }
    expect(mixed.top).toEqual(mixed['0.h'])
  })
})

describe('penalties and residual links', () => {
  it('adds beta * mean h^2 over all layers', () => {
    const { trace, feeds } = small('lstm', { activityRegularization: 0.7 }, { layers: 2 })
    const { signals, penalty } = trace(true, { watch: () => true })
    const { low, high, cost } = runAt(
      { low: signals.get('0.h')!, high: signals.get('1.h')!, cost: penalty! },
      feeds,
    )(0) as Record<string, number[]>
    const all = [...low!, ...high!]
    expect(cost![0]).toBeCloseTo((0.7 * all.reduce((s, v) => s + v * v, 0)) / all.length, 12)
    expect(trace(false).penalty).toBeUndefined()
  })

  it('adds to each layer above the first what it reads', () => {
    const { trace, feeds } = small('gru', {}, { layers: 3, residual: true })
    const { signals, features: top } = trace(false, { watch: () => true })
    const [h0, h1, h2] = [0, 1, 2].map((l) => signals.get(`${l}.h`)!) as [Node, Node, Node]
    const got = runAt({ h0, h1, h2, top }, feeds)(0)
    const below = got.h0!.map((v, i) => v + got.h1![i]!)
    expectClose(
      got.top!,
      below.map((v, i) => v + got.h2![i]!),
      1e-12,
    )
    // The third layer alone, reading the sum, shows the same.
    const alone = small('gru', {}, {})
    const own: Feeds = { x: below, 'from 0.h': feeds['from 2.h']! }
    for (const [name, v] of Object.entries(feeds))
      if (name.startsWith('layers.2.')) own[name.replace('2', '0')] = v
    expectClose(runAt({ h: alone.trace(false).features }, own)(0).h!, got.h2!, 1e-12)
  })
})

describe('the training graph with everything on', () => {
  it.each(
    ['lstm', 'gru', 'rnn', 'clockwork', 'leaky'].flatMap((c) =>
      ['step', 'variational'].map((m) => [c, m] as const),
    ),
  )('%s, %s masks: gradients equal finite differences under fixed masks', (cell, dropoutMask) => {
    const s = small(cell, { ...allOn, dropoutMask: dropoutMask as 'step' }, { layers: 2, residual: true })
    const trace = s.trace(true)
    const y = readout(s.network, s.weights, trace.features)
    const loss = penalised(
      [y, ...trace.final].map((n) => sum(square(n))).reduce((a, b) => add(a, b)),
      trace,
    )
    const wrt = [s.x, ...s.init, ...s.weights.values()].filter((n) => n.attrs.name?.endsWith('.t') === false)
    const gradients = grad(loss, wrt)
    const feeds = { ...s.feeds, [growthInput]: [0.9] }
    const exact = runAt(Object.fromEntries(gradients.map((g, i) => [`d${wrt[i]!.attrs.name}`, g])), feeds)(6)
    const value = runAt({ loss }, feeds)
    for (const {
      attrs: { name },
    } of wrt) {
      const base = Float64Array.from(s.feeds[name!]!)
      // Every seventh entry: other tests look at all of them without masks.
      for (let i = base.length % 3; i < base.length; i += 7) {
        const at = (delta: number) => value(6, { [name!]: base.with(i, base[i]! + delta) }).loss![0]!
        expectClose([exact[`d${name}`]![i]!], [(at(1e-5) - at(-1e-5)) / 2e-5], 2e-6, `${name}[${i}]`)
      }
    }
  })

  const model = { cell: 'lstm', hidden: 24, layers: 2, embedding: 8, residual: true }
  const trained = (threads: number, kind: 'native' | 'reference', cell = 'lstm') => {
    const config = configOf({
      model: { ...model, cell },
      ...grouped({ ...allOn, window: 6, batch: 4, steps: 5 }),
      optimizer: { name: 'sgd', lr: 0.1 },
      logging: { sampleEvery: 0 },
    })
    const training = openTraining(
      { config, text },
      kind === 'native' ? chooseExecutor('native', threads).executor : executor,
    )
    for (const event of training.events()) void event
    return readCheckpoint(training.checkpoint()).tensors
  }
  it.runIf(chooseExecutor('auto', 1).executor.id === 'native')(
    'is the same natively as in plain loops, and the same bits with 1 and 2 threads',
    () => {
      for (const cell of ['lstm', 'rnn']) {
        const [plain, one, two] = [
          trained(1, 'reference', cell),
          trained(1, 'native', cell),
          trained(2, 'native', cell),
        ]
        for (const [name, { data }] of one) {
          expect(two.get(name)!.data).toEqual(data)
          expectClose(data, plain.get(name)!.data, 2e-5, name)
        }
      }
    },
  )
})

describe('off', () => {
  const tasks: Record<string, RunConfigInput> = {
    streams: { train: { window: 6, batch: 2 } },
    'streams with a stride': { train: { window: 6, stride: 2, batch: 2 } },
    windows: { train: { bptt: 'windows', window: 6, batch: 4 } },
    series: { data: { kind: 'series' }, train: { bptt: 'full', batch: 1 } },
    addition: { data: { kind: 'addition' }, train: { bptt: 'full', batch: 4 } },
  }
  const opened = (given: RunConfigInput, more: FlatOptions = {}) => {
    const config = configOf({
      ...given,
      model: { cell: 'lstm', hidden: 4, layers: 2 },
      ...grouped({ ...given.train, ...more }),
    })
    const task = taskOf(config, text)
    return { task, train: trainingProgram(task, config) }
  }
  /** All programs but that of training, behind the same memory whatever training is like. */
  const outside = (task: Task, kept: SharedArena) => ({
    evaluation: evaluationProgram(task, 0, kept),
    answers: answersProgram(task, kept),
    sample: sampleProgram(task, kept),
  })

  it.each(Object.entries(tasks))(
    '%s: no mask reaches validation, answers or sampling, and dropout does not change them',
    (_, given) => {
      const [plain, masked, all] = [
        opened(given),
        opened(given, { ...allOn, zoneout: 0 }),
        opened(given, allOn),
      ]
      const kept = sharedArenaOf(plain.train, (name) => plain.task.network.weights.has(name))
      expect(outside(masked.task, kept)).toEqual(outside(plain.task, kept))
      expect(draws(masked.train.code)).toBeGreaterThan(3)
      const others = Object.values(outside(all.task, kept)).filter((program) => program !== undefined)
      expect(others.length).toBeGreaterThan(0)
      for (const program of others) expect(draws(program.code)).toBe(0)
      expect(draws(all.train.code)).toBeGreaterThan(draws(masked.train.code))
    },
  )

  // Batch normalisation is another graph in training.
  const alike = cells.filter((c) => !c.smallestBatch).map((c) => c.id)
  it.each(alike)('%s: with everything at 0 the training graph is the plain one', (id) => {
    const s = small(id, {}, { layers: 2 })
    const program = (training: boolean) => {
      const { features: top, final } = s.trace(training)
      return compile({ outputs: { top, ...finals(s.network, final) } })
    }
    expect(program(true)).toEqual(program(false))
  })

  it('a configuration from before means all off, and its training draws nothing', () => {
    const { regularization, model } = configOf({})
    expect(regularization).toEqual(noRegularisers)
    expect(model.residual).toBe(false)
    for (const given of Object.values(tasks)) expect(draws(opened(given).train.code)).toBe(0)
  })

  it.each(['dropout', 'recurrentDropout', 'zoneout', 'activityRegularization'])(
    "Elman's rule refuses regularization.%s",
    (key) => {
      const config = configOf({
        data: { kind: 'series' },
        model: { cell: 'elman' },
        train: { bptt: 'online', batch: 1 },
        regularization: { [key]: 0.5 },
        optimizer: { name: 'sgd', clipNorm: 0 },
      })
      expect(() => taskOf(config, '')).toThrow(new RegExp(`regularization.${key}: the online rule`))
    },
  )
})
