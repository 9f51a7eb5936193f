// Fraternal dropout and the vanishing-gradient penalty against their formulas in plain loops, and that both are off where they should be.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { add, input, mul, square, sum } from '../../src-main/engine/graph/ops.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import { openTraining, readCheckpoint, type Training } from '../../src-main/engine/index.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { outputsOf, traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { fraternal } from '../../src-main/engine/training/fraternal.ts'
import { programsOf } from '../../src-main/engine/training/trainingPrograms.ts'
import { deriveWithOmega } from '../../src-main/engine/training/omega.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { grouped, type FlatOptions } from '../options.ts'

const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 5, ...given }) as RunConfig
const [T, B, I, H] = [5, 2, 3, 4]
type Feeds = Record<string, ArrayLike<number>>

function runAt(outputs: Record<string, Node>, feeds: Feeds, executor = referenceExecutor()) {
  const program = compile({ outputs })
  const executable = executor.load(program)
  return (step = 0, more: Feeds = {}): Record<string, number[]> => {
    for (const [name, slot] of program.slots)
      if (slot.kind !== 'output') executable.write(name, (more[name] ?? feeds[name])!)
    executable.run({ seed: [1, 2], step })
    return Object.fromEntries(Object.keys(outputs).map((name) => [name, Array.from(executable.read(name))]))
  }
}

/** A network over dense numbers with a loss that counts every output differently. */
function small(cell: string, options: FlatOptions = {}, model: RunConfigInput['model'] = {}) {
  const config = configOf({ model: { cell, hidden: H, ...model }, ...grouped(options) })
  const sizes = { symbols: 0, dense: I, outputs: 2, outputBias: true }
  const network = networkOf(config.model, sizes, config.regularization)
  const weights = weightNodes(network)
  const x = input('x', [T, B, I])
  const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [B, size]))
  const trace = traceNetwork(network, weights, x, init, { training: true, keepStates: true })
  const z = outputsOf(network, weights, trace)
  const loss = add(sum(mul(z, input('k', z.shape))), mul(sum(square(z)), 0.5))
  const leaves = [...weights.values(), x, ...init]
  const feeds: Feeds = {
    ...Object.fromEntries(leaves.map((n, i) => [n.attrs.name!, values(n.shape, i + 1)])),
    k: values(z.shape, 77),
  }
  const trained = [...weights]
    .filter(([name]) => network.weights.get(name)!.role !== 'buffer')
    .map(([, w]) => w)
  return { network, weights, trained, trace, z, loss, feeds }
}

describe('fraternal dropout', () => {
  const on = { dropout: 0.4, recurrentDropout: 0.3, zoneout: 0.2 }
  const step = (kappa: number, options: FlatOptions = on) => {
    const s = small('lstm', options, { layers: 2 })
    return { ...s, graph: fraternal({ loss: s.loss, outputs: [s.z], carry: [] }, kappa) }
  }

  it('is the mean of two losses plus kappa times the mean squared difference of the outputs', () => {
    const { graph, loss, feeds } = step(0.7)
    const [one, two] = graph.outputs as [Node, Node]
    for (let at = 0; at < 3; at++) {
      const got = runAt({ one, two, first: loss, all: graph.loss }, feeds)(at)
      const k = feeds.k!
      const lossOf = (z: number[]) => z.reduce((s, v, i) => s + k[i]! * v + (v * v) / 2, 0)
      const apart = got.one!.reduce((s, v, i) => s + (v - got.two![i]!) ** 2, 0) / got.one!.length
      expect(apart).toBeGreaterThan(1e-6)
      expectClose(got.first!, [lossOf(got.one!)], 1e-12)
      expectClose(got.all!, [(lossOf(got.one!) + lossOf(got.two!)) / 2 + 0.7 * apart], 1e-12)
    }
  })

  it('draws every mask of the second pass anew, with the same keeping rate', () => {
    const { graph, feeds } = step(1)
    const [one, two] = graph.outputs as [Node, Node]
    const run = runAt({ one, two }, feeds)
    const means = [0, 0]
    for (let at = 0; at < 400; at++) {
      const got = run(at)
      means[0]! += got.one![0]! / 400
      means[1]! += got.two![0]! / 400
    }
    expect(Math.abs(means[0]! - means[1]!)).toBeLessThan(0.1)
  })

  it('is plain where kappa is 0, and where nothing is random', () => {
    const plain = { loss: small('gru').loss, carry: [] }
    expect(fraternal(plain, 0)).toBe(plain)
    const { graph, loss, feeds } = step(3, {})
    const { all, one } = runAt({ all: graph.loss, one: loss }, feeds)()
    expect(all).toEqual(one)
    const config = (fraternal: number) =>
      configOf({
        model: { cell: 'lstm', hidden: 4 },
        train: { window: 4, batch: 2 },
        regularization: { dropout: 0.3, fraternalDropout: fraternal },
      })
    const programs = (kappa: number) =>
      programsOf(taskOf(config(kappa), 'abcd efg '.repeat(20)), config(kappa))
    expect(programs(0.5).evaluation).toEqual(programs(0).evaluation)
    expect(programs(0.5).sample).toEqual(programs(0).sample)
    expect(programs(0.5).train).not.toEqual(programs(0).train)
  })

  it('has the gradient of finite differences under fixed masks', () => {
    const { graph, feeds, trained } = step(0.7)
    const exact = runAt(Object.fromEntries(grad(graph.loss, trained).map((g, i) => [`d${i}`, g])), feeds)(4)
    const value = runAt({ loss: graph.loss }, feeds)
    trained.forEach(({ attrs: { name } }, w) => {
      const base = Float64Array.from(feeds[name!]!)
      for (let i = w % 3; i < base.length; i += 9) {
        const at = (delta: number) => value(4, { [name!]: base.with(i, base[i]! + delta) }).loss![0]!
        expectClose([exact[`d${w}`]![i]!], [(at(1e-5) - at(-1e-5)) / 2e-5], 2e-6, `${name}[${i}]`)
      }
    })
  })
})

describe('Omega', () => {
  /** The penalty of a tanh layer in plain loops, with Whh changeable apart from everything else. */
  function plain(h: number[][], m: number[][], whh: ArrayLike<number>): number {
    let omega = 0
    for (let t = 1; t < T; t++)
      for (let b = 0; b < B; b++) {
        const row = (a: number[][]) => a[t]!.slice(b * H, (b + 1) * H)
        const [ht, mt] = [row(h), row(m)]
        let handed = 0
        for (let j = 0; j < H; j++) {
          let p = 0
          for (let i = 0; i < H; i++) p += mt[i]! * (1 - ht[i]! ** 2) * whh[i * H + j]!
          handed += p * p
        }
        const ratio = Math.sqrt(handed / mt.reduce((s, v) => s + v * v, 0))
        omega += (ratio - 1) ** 2 / B
      }
    return omega
  }
  const rows = (a: number[]) => Array.from({ length: T }, (_, t) => a.slice(t * B * H, (t + 1) * B * H))

  it.each([1, 1e-25])('is the formula on a tanh layer, errors times %s', (size) => {
    const { loss, trained, trace, z, weights, feeds } = small('rnn')
    const { omega, omegaGradients, gradients } = deriveWithOmega(mul(loss, size), trained)
    const whh = [...weights.keys()].indexOf('layers.0.w_hh')
    const got = runAt({ omega, h: trace.states[0]!, d: omegaGradients[whh]!, z }, feeds)()
    // dE/dh_t through all later steps, in plain loops.
    const h = rows(got.h!)
    const [w, out, k] = [feeds['layers.0.w_hh']!, feeds['readout.w']!, feeds.k!]
    const m = h.map(() => Array<number>(B * H).fill(0))
    for (let t = T - 1; t >= 0; t--)
      for (let b = 0; b < B; b++)
        for (let j = 0; j < H; j++) {
          for (let o = 0; o < 2; o++) {
            const at = (t * B + b) * 2 + o
            m[t]![b * H + j]! += (k[at]! + got.z![at]!) * out[o * H + j]!
          }
          for (let i = 0; i < H && t < T - 1; i++)
            m[t]![b * H + j]! += m[t + 1]![b * H + i]! * (1 - h[t + 1]![b * H + i]! ** 2) * w[i * H + j]!
        }
    expectClose(got.omega!, [plain(h, m, w)], 1e-8)
    // h and dE/dh are constants in its gradient: only Whh moves.
    const base = Float64Array.from(w)
    const numeric = base.map(
      (v, i) => (plain(h, m, base.with(i, v + 1e-5)) - plain(h, m, base.with(i, v - 1e-5))) / 2e-5,
    )
    expectClose(got.d!, numeric, 1e-6)
    const others = omegaGradients.filter((_, i) => i !== whh)
    const zero = runAt(Object.fromEntries(others.map((g, i) => [`g${i}`, g])), feeds)()
    for (const g of Object.values(zero)) expect(g.every((v) => v === 0)).toBe(true)
    const plainGradients = grad(mul(loss, size), trained)
    const both = runAt({ a: gradients[whh]!, b: plainGradients[whh]! }, feeds)()
    expect(both.a).toEqual(both.b)
  })

  it('is 0 where every step hands back all, and grows either way', () => {
    const { loss, trained, feeds } = small('irnn')
    const { omega } = deriveWithOmega(loss, trained)
    const run = runAt({ omega }, feeds)
    const scaled = (s: number) =>
      run(0, {
        'layers.0.w_hh': Array.from({ length: H * H }, (_, i) => (i % (H + 1) === 0 ? s : 0)),
        'layers.0.w_ih': new Float64Array(H * I),
        'from 0.h': new Float64Array(B * H).fill(1),
      }).omega![0]!
    expect(scaled(1)).toBeLessThan(1e-12)
    expectClose([scaled(0.5), scaled(1.5)], [(T - 1) * 0.25, (T - 1) * 0.25], 1e-9)
  })

  const recurrent = cells.filter((c) => c.state.length > 0).map((c) => c.id)
  it.each(recurrent)('is finite and has finite gradients for %s, the same natively', (cell) => {
    const { loss, trained, feeds } = small(cell, {}, { layers: 2 })
    const { omega, omegaGradients } = deriveWithOmega(loss, trained)
    const outputs = { omega, ...Object.fromEntries(omegaGradients.map((g, i) => [`g${i}`, g])) }
    const got = runAt(outputs, feeds)()
    expect(got.omega![0]).toBeGreaterThan(0)
    for (const g of Object.values(got)) expect(g.every(Number.isFinite)).toBe(true)
    const native = chooseExecutor('auto', 1).executor
    const fast = runAt(outputs, feeds, native)()
    for (const name in fast) expectClose(fast[name]!, got[name]!, 2e-3, name)
  })

  it('pulls a vanishing network towards handing gradients on, is told, and stays out of the loss shown', () => {
    const text = 'she sells sea shells by the sea shore; '.repeat(10)
    const train = { optimizer: 'sgd', lr: 0.05, schedule: 'constant', window: 12, batch: 4, steps: 60, logEvery: 5 } as const // prettier-ignore
    const seen = (omega: number) => {
      const config = configOf({
        model: { cell: 'rnn', hidden: 8 },
        ...grouped(train),
        regularization: { vanishingGradientPenalty: omega },
      })
      const training = openTraining({ config, text }, chooseExecutor('auto', 1).executor)
      const told: Record<string, number>[] = []
      for (const event of training.events()) if (event.kind === 'metrics') told.push(event.values)
      return { told, tensors: readCheckpoint(training.checkpoint()).tensors }
    }
    const values = seen(0.3).told.flatMap((v) => v['train/vanishing_gradient_penalty'] ?? [])
    expect(values.at(-1)!).toBeLessThan(0.6 * values[0]!)
    expect(seen(0).told.every((v) => v['train/vanishing_gradient_penalty'] === undefined)).toBe(true)
    const first = (omega: number) => seen(omega).told[0]!['train/loss']!
    expect(Math.abs(first(0.001) - first(0))).toBeLessThan(0.01)
  })
})

it('goes on with the sums of a checkpoint that has the penalty under its former name', () => {
  const text = 'she sells sea shells by the sea shore; '.repeat(10)
  const config = configOf({
    model: { cell: 'rnn', hidden: 4 },
    train: { window: 6, batch: 4, steps: 8 },
    logging: { logEvery: 8 },
    regularization: { vanishingGradientPenalty: 0.1 },
  })
  const { executor } = chooseExecutor('auto', 1)
  const penalties = (training: Training) =>
    [...training.events()].flatMap((event) =>
      event.kind === 'metrics' && 'train/learning_rate' in event.values
        ? [Object.entries(event.values).filter(([name]) => /omega|vanishing/.test(name))]
        : [],
    )
  const whole = penalties(openTraining({ config, text }, executor))
  expect(whole).toEqual([[['train/vanishing_gradient_penalty', expect.any(Number)]]])
  const first = openTraining({ config, text }, executor)
  for (const event of first.events()) if (event.kind === 'step' && event.step === 5) break
  const read = readCheckpoint(first.checkpoint())
  const progress = structuredClone(read.progress) as { records: Record<string, number> }
  progress.records = { 'record.omega': progress.records['record.vanishing_gradient_penalty']! }
  const resume = writeCheckpoint({ ...read, parts: 'full', progress })
  expect(penalties(openTraining({ config, text, resume }, executor))).toEqual(whole)
})

it.each(['fraternalDropout', 'vanishingGradientPenalty'])("Elman's rule refuses regularization.%s", (key) => {
  const config = configOf({
    data: { kind: 'series' },
    model: { cell: 'elman' },
    train: { bptt: 'online', batch: 1 },
    regularization: { [key]: 0.5 },
    optimizer: { name: 'sgd', clipNorm: 0 },
  })
  expect(() => taskOf(config, '')).toThrow(new RegExp(`regularization.${key}: the online rule`))
})
