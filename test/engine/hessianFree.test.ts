// Hessian-free optimisation against the same method written again with PyTorch (scripts/oracle/hessianfree.py), its matrix against two
// derivations, and what it learns where momentum does not.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Task } from '../../src-main/engine/training/task.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import {
  add,
  input,
  linear,
  mean,
  mul,
  oneHot,
  slice,
  square,
  sub,
  sum,
  tanh,
  zeros,
} from '../../src-main/engine/graph/ops.ts'
import { scan } from '../../src-main/engine/graph/scan.ts'
import { readout } from '../../src-main/engine/nn/ends.ts'
import { initialValues } from '../../src-main/engine/nn/initialise.ts'
import { meanCrossEntropy } from '../../src-main/engine/nn/losses.ts'
import { networkOf } from '../../src-main/engine/nn/network.ts'
import { traceNetwork, zeroStates } from '../../src-main/engine/nn/trace.ts'
import { weightNodes, type Weights } from '../../src-main/engine/nn/weights.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import type { Executable, Executor } from '../../src-main/engine/run/executor.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { fisherDiagonal } from '../../src-main/engine/optim/fisher.ts'
import { gaussNewton } from '../../src-main/engine/optim/hessianFree.ts'
import { stepValues } from '../../src-main/engine/optim/optimizers.ts'
import { trainingProgram } from '../../src-main/engine/training/program.ts'
import { expectClose, runCompiled, values } from './check.ts'
import { grouped, type FlatOptions } from '../options.ts'

interface Fixture {
  sizes: { T: number; B: number; V: number; H: number }
  ids: number[]
  weights: number[][]
  runs: {
    options: {
      preconditioner: 'none' | 'fisher'
      cgBacktracking: boolean
      lineSearch: number
      structuralDamping: number
      weightDecay: number
      damping: number
      cgDecay: number
      cgIterations: number
    }
    targets: number[]
    path: { loss: number; notches: number; taken: boolean; rate: number; weights?: number[] }[]
  }[]
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/hessianfree.json', import.meta.url), 'utf8'),
) as Fixture
const { T, B, V, H } = fixture.sizes
const native = chooseExecutor('auto', 1).executor
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 3, ...given }) as RunConfig
const train = (given: FlatOptions) => configOf(grouped({ optimizer: 'hessianfree', ...given }))

/** The fixture's network: a tanh layer over one-hot symbols, answers from the third step on. */
const shapes = { wx: [H, V], wh: [H, H], b: [H], wo: [V, H], bo: [V] }
const names = Object.keys(shapes)
const delay = {
  network: {
    weights: new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, role: 'input' }])),
  },
  graph(weights: Weights) {
    const [wx, wh, b, wo, bo] = names.map((name) => weights.get(name)!) as [Node, Node, Node, Node, Node]
    const x = oneHot(input('ids', [T, B]), V)
    const { ys } = scan({ xs: [x], init: [zeros([B, H])] }, ([xt], [h]) => {
      const next = tanh(add(linear(xt!, wx), linear(h!, wh), b))
      return { state: [next], ys: [next] }
    })
    const logits = add(linear(slice(ys[0]!, 0, 2, T - 2), wo), bo)
    return { loss: meanCrossEntropy(logits, input('targets', [T - 2, B])), carry: [], outputs: [logits] }
  },
} as unknown as Task

function opened(executor: Executor, { options, targets }: Fixture['runs'][number]): Executable {
  const executable = executor.load(trainingProgram(delay, train(options)))
  names.forEach((name, i) => executable.write(name, fixture.weights[i]!))
  executable.write('ids', fixture.ids)
  executable.write('targets', targets)
  return executable
}
const flat = (executable: Executable) => names.flatMap((name) => Array.from(executable.read(name)))

describe('Hessian-free optimisation', () => {
  it.each(fixture.runs)(
    'goes the way of PyTorch: decay $options.weightDecay, structural $options.structuralDamping, preconditioner $options.preconditioner, back $options.cgBacktracking, search $options.lineSearch',
    (run) => {
      const executable = opened(referenceExecutor(), run)
      run.path.forEach((expected, step) => {
        const before = expected.taken ? [] : flat(executable)
        executable.run({ seed: [0, 0], step })
        expect(executable.scalar('loss'), `loss of step ${step}`).toBeCloseTo(expected.loss, 5)
        expect(executable.scalar('optim.damping'), `damping of step ${step}`).toBe(expected.notches)
        if (run.options.lineSearch)
          expect(executable.scalar('record.step_length'), `rate of step ${step}`).toBeCloseTo(
            expected.rate,
            12,
          )
        if (!expected.taken) expect(flat(executable)).toEqual(before)
        if (expected.weights) expectClose(flat(executable), expected.weights, 5e-6, `weights of step ${step}`)
      })
      expect(run.path.some(({ taken, rate }) => !taken || rate < 1)).toBe(true)
    },
  )

  it.runIf(native.id === 'native')('does the same natively, while rounding lets it', () => {
    for (const run of fixture.runs) {
      const [plain, fast] = [opened(referenceExecutor(), run), opened(native, run)]
      for (let step = 0; step < 4; step++) {
        for (const executable of [plain, fast]) executable.run({ seed: [0, 0], step })
        expectClose(flat(fast), flat(plain), 2e-3, `step ${step}`)
      }
    }
  })

  it('multiplies by J^T H J: J by two derivations, H of the softmax by its formula', () => {
    const { model } = configOf({ model: { cell: 'lstm', hidden: 3, embedding: 2, layers: 2 } })
    const network = networkOf(model, { symbols: 4, outputs: 4, outputBias: true })
    const weights = weightNodes(network)
    const nodes = [...weights.values()]
    const [x, y] = [input('ids', [3, 2]), input('to', [3, 2])]
    const z = readout(network, weights, traceNetwork(network, weights, x, zeroStates(network, 2)).features)
    const loss = meanCrossEntropy(z, y)
    const v = nodes.map((w, i) => input(`v${i}`, w.shape))
    const product = gaussNewton({ loss, outputs: [z] }, nodes)(v)
    // J v is how the gradient of u z moves with u along v.
    const u = input('u', z.shape)
    const along = grad(sum(mul(u, z)), nodes).map((g, i) => sum(mul(g, v[i]!)))
    const [jv] = grad(
      along.reduce((s, n) => add(s, n)),
      [u],
    ) as [Node]
    const feeds = {
      ...Object.fromEntries(nodes.map((w, i) => [w.attrs.name!, values(w.shape, i + 2)])),
      ...Object.fromEntries(nodes.map((w, i) => [`v${i}`, values(w.shape, i + 50)])),
      u: values(z.shape, 99),
      ids: [0, 1, 2, 3, 1, 1],
      to: [1, 0, 3, 3, 2, 1],
    }
    const got = runCompiled({ jv, z, ...Object.fromEntries(product.map((p, i) => [`p${i}`, p])) }, feeds)
    const bent = Float64Array.from({ length: 24 }, (_, at) => {
      const row = (name: string) => got[name]!.slice(at - (at % 4), at - (at % 4) + 4)
      const odds = row('z').map(Math.exp)
      const p = odds.map((o) => o / odds.reduce((s, w) => s + w))
      return (p[at % 4]! * (got.jv![at]! - row('jv').reduce((s, d, k) => s + d * p[k]!, 0))) / 6
    })
    const back = grad(sum(mul(input('bent', z.shape), z)), nodes)
    const expected = runCompiled(Object.fromEntries(back.map((p, i) => [`p${i}`, p])), { ...feeds, bent })
    for (const name in expected) expectClose(got[name]!, expected[name]!, 1e-10, name)
  })

  it('estimates the squared gradients of single sequences by random signs', () => {
    const [x, y] = [input('ids', [3, 6]), input('to', [3, 6])]
    const w = [input('w', [4, 4]), input('b', [4])] as const
    const z = add(linear(oneHot(x, 4), w[0]), w[1])
    const objective = { loss: meanCrossEntropy(z, y), outputs: [z] }
    const [exact, estimate] = [0, 4000].map((probes) => fisherDiagonal(objective, w, probes))
    const ids = Float64Array.from({ length: 18 }, (_, i) => (i * 5) % 4)
    const feeds = { ids, to: ids.map((id, i) => (id + (i % 3)) % 4), w: values([4, 4], 3), b: values([4], 4) }
    const got = runCompiled({ e0: exact![0]!, e1: exact![1]!, s0: estimate![0]!, s1: estimate![1]! }, feeds)
    // One sequence alone is its own gradient, squared.
    const alone = Array.from({ length: 6 }, (_, b) => {
      const [ids1, to1] = [input('ids', [3, 1]), input('to', [3, 1])]
      const own = meanCrossEntropy(add(linear(oneHot(ids1, 4), w[0]), w[1]), to1)
      const [g] = grad(own, w)
      const column = (all: Float64Array) => all.filter((_, i) => i % 6 === b)
      return runCompiled({ g: g! }, { ...feeds, ids: column(feeds.ids), to: column(feeds.to) }).g!
    })
    expectClose(
      got.e0!,
      alone[0]!.map((_, i) => alone.reduce((sum, g) => sum + g[i]! ** 2, 0) / 6),
      1e-12,
    )
    const size = got.e0!.reduce((a, b) => Math.max(a, b))
    for (const [found, wanted] of [
      [got.s0!, got.e0!],
      [got.s1!, got.e1!],
    ] as const)
      found.forEach((f, i) => expect(Math.abs(f - wanted[i]!)).toBeLessThan(0.1 * size))
  })

  // Two lines of random signs, the second 160 times weaker; wanted is the second, two steps later. What the first does to the hidden
  // units bends the loss 25,000 times as much as what the second does. Of six starts Hessian-free steps learn two wholly (three with more
  // steps), momentum none at any of four rates.
  function weakSignal(seed: number, given: FlatOptions, steps: number): number {
    const [length, batch] = [10, 24]
    const config = configOf({
      model: { cell: 'rnn', hidden: 6 },
      ...grouped({ schedule: 'constant', ...given }),
    })
    const network = networkOf(config.model, { symbols: 0, dense: 2, outputs: 1, outputBias: true })
    const task = {
      network,
      graph(weights: Weights) {
        const { features: top } = traceNetwork(
          network,
          weights,
          input('x', [length, batch, 2]),
          zeroStates(network, batch),
        )
        const z = readout(network, weights, slice(top, 0, 2, length - 2))
        return { loss: mean(square(sub(z, input('y', z.shape)))), carry: [], outputs: [z] }
      },
    } as unknown as Task
    const executable = native.load(trainingProgram(task, config))
    let index = 0
    for (const [name, weight] of network.weights)
      executable.write(name, initialValues(weight, 'default', seed, index++))
    const random = randomStream({ seed: [seed, 0], step: 0 }, 1)
    const signs = Array.from({ length: length * batch * 2 }, () => (random.uniform() < 0.5 ? -1 : 1))
    executable.write(
      'x',
      signs.map((s, i) => (i % 2 ? 0.006 * s : s)),
    )
    executable.write(
      'y',
      Array.from({ length: (length - 2) * batch }, (_, i) => signs[2 * i + 1]!),
    )
    for (let step = 0; step < steps; step++) {
      for (const [name, value] of Object.entries(stepValues(config.optimizer, config.optimizer.lr, step + 1)))
        executable.write(name, [value])
      executable.run({ seed: [0, 0], step })
    }
    return executable.scalar('loss')
  }
  it.runIf(native.id === 'native')('hears a weak signal that momentum does not, in as many passes', () => {
    for (const seed of [2, 5]) {
      expect(weakSignal(seed, { optimizer: 'hessianfree', damping: 0.1, cgIterations: 80 }, 60)).toBeLessThan(
        0.01,
      )
      for (const lr of [0.3, 0.1, 0.03, 0.01])
        expect(weakSignal(seed, { optimizer: 'momentum', lr }, 4800), `${lr}`).toBeGreaterThan(0.3)
    }
  })

  it('is refused where the loss is not one of outputs', () => {
    const task = {
      ...delay,
      graph: (w: Weights) => ({ ...delay.graph(w), outputs: undefined }),
    } as unknown as Task
    expect(() => trainingProgram(task, train({}))).toThrow('optimizer.name: hessianfree')
    expect(() => trainingProgram(delay, train({ vanishingGradientPenalty: 1 }))).toThrow(
      'regularization.vanishingGradientPenalty: ',
    )
  })
})
