// Layers, optimisers and schedules against PyTorch, from test/fixtures/torch.json (scripts/oracle/recurrent.py wrote it, in f64).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { add, input, mul, reshape, square, state, sub, sum } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { globalNorm, preparedGradients } from '../../src-main/engine/optim/gradients.ts'
import { stepInputs, stepValues, update } from '../../src-main/engine/optim/optimizers.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { learningRate } from '../../src-main/engine/optim/schedules.ts'
import { grouped, type FlatOptions } from '../options.ts'

interface Numbers {
  shape: number[]
  data: number[]
}
interface LayerFixture {
  cell: string
  layers: number
  bidirectional: boolean
  /** Of the sequences, where they end early. */
  lengths: number[] | null
  weights: Record<string, Numbers>
  gradients: Record<string, Numbers>
  x: Numbers
  dx: Numbers
  first: Numbers[]
  dfirst: Numbers[]
  y: Numbers
  final: Numbers[]
  loss: number
}
interface Fixture {
  layers: LayerFixture[]
  optimisers: ({ path: number[][] } & FlatOptions)[]
  onecycle: { total: number; warmup: number; lr: number; rates: number[] }[]
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/torch.json', import.meta.url), 'utf8'),
) as Fixture

const native = loadNative()
const executors: [string, Executor, number][] = [['reference', referenceExecutor(), 1e-10]]
if (!('unavailable' in native)) executors.push(['native', native, 1e-5])

const configOf = (given: FlatOptions) => parseConfig({ seed: 1, ...grouped(given) }) as RunConfig

/** Largest difference as a share of the largest expected magnitude. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((v, i) => Math.abs(actual[i]! - v))) / scale
}

/** `weight_ih_l1_reverse` -> `layers.1.reverse.w_ih`. */
const ourName = (name: string) =>
  name.replace(
    /^(weight|bias)_(ih|hh)_l(\d+)(_reverse)?$/,
    (_, kind: string, which, layer, back) => `layers.${layer}.${back ? 'reverse.' : ''}${kind[0]}_${which}`,
  )

describe.each(executors)('%s equals PyTorch', (_, executor, tolerance) => {
  it.each(fixture.layers)(
    '$cell, $layers layer(s), bidirectional $bidirectional, lengths $lengths: outputs, final states and all gradients',
    (f) => {
      const [steps, batch, width] = f.x.shape as [number, number, number]
      const hidden = f.first[0]!.shape[2]!
      const { bidirectional, lengths } = f
      const given = { cell: f.cell, hidden, layers: f.layers, bidirectional }
      const { model } = parseConfig({ seed: 1, model: given }) as RunConfig
      const network = networkOf(model, { symbols: 0, dense: width, outputs: 1, outputBias: false })
      const weights = weightNodes(network)
      weights.delete('readout.w')
      const x = input('x', [steps, batch, width])
      // PyTorch stacks layers per state (h of all layers, c of all layers); ours go layer by layer.
      const names = stateShapes(network).map(({ name }) => name)
      const init = names.map((name) => input(name, [batch, hidden]))
      const part = (all: Numbers[], name: string, back = 0) => {
        const [layer, letter] = name.split('.') as [string, string]
        const size = batch * hidden
        const at = bidirectional ? 2 * Number(layer) + back : Number(layer)
        return all[letter === 'c' ? 1 : 0]!.data.slice(at * size, (at + 1) * size)
      }
      const padding = input('mask', [steps, batch])
      const trace = traceNetwork(network, weights, x, init, lengths ? { mask: padding } : {})
      const y = lengths ? mul(trace.features, reshape(padding, [steps, batch, 1])) : trace.features
      const loss = [y, ...trace.final, ...trace.finalReverse]
        .map((n) => sum(square(n)))
        .reduce((a, b) => add(a, b))
      const wrt: Node[] = [...weights.values(), x, ...init]
      const gradients = grad(loss, wrt)
      const outputs = {
        loss,
        y,
        ...Object.fromEntries(trace.final.map((n, i) => [`final ${names[i]}`, n])),
        ...Object.fromEntries(trace.finalReverse.map((n, i) => [`final reverse ${names[i]}`, n])),
        ...Object.fromEntries(gradients.map((g, i) => [`d ${wrt[i]!.attrs.name}`, g])),
      }
      const executable = executor.load(compile({ outputs }))
      for (const [name, { data }] of Object.entries(f.weights)) executable.write(ourName(name), data)
      executable.write('x', f.x.data)
      for (const name of names) executable.write(name, part(f.first, name))
      if (lengths)
        executable.write(
          'mask',
          Array.from({ length: steps * batch }, (_, i) => +(Math.floor(i / batch) < lengths[i % batch]!)),
        )
      executable.run({ seed: [0, 0], step: 0 })
      expect(relativeError([executable.scalar('loss')], [f.loss])).toBeLessThan(tolerance)
      expect(relativeError(executable.read('y'), f.y.data)).toBeLessThan(tolerance)
      expect(relativeError(executable.read('d x'), f.dx.data)).toBeLessThan(tolerance)
      for (const name of names) {
        expect(relativeError(executable.read(`final ${name}`), part(f.final, name))).toBeLessThan(tolerance)
        expect(relativeError(executable.read(`d ${name}`), part(f.dfirst, name))).toBeLessThan(tolerance)
        if (!bidirectional) continue
        const back = part(f.final, name, 1)
        expect(relativeError(executable.read(`final reverse ${name}`), back)).toBeLessThan(tolerance)
      }
      expect(Object.keys(f.gradients).map(ourName).sort()).toEqual([...weights.keys()].sort())
      for (const [name, { shape, data }] of Object.entries(f.gradients)) {
        expect([...weights.get(ourName(name))!.shape], name).toEqual(shape)
        expect(relativeError(executable.read(`d ${ourName(name)}`), data), name).toBeLessThan(tolerance)
      }
    },
  )

  const how = '$optimizer for 100 steps, weight decay $weightDecay, clip $clipNorm, by value $clipValue'
  it.each(fixture.optimisers)(how, ({ path, ...given }) => {
    const { optimizer } = configOf({ ...given, momentum: 0.9, rho: 0.9 })
    const w = state('w', [5])
    const [a, b] = [input('a', [5]), input('b', [5])]
    const loss = add(sum(mul(a, square(sub(w, b)))), mul(sum(square(square(w))), 0.1))
    const [g] = grad(loss, [w])
    const [prepared] = preparedGradients([g!], globalNorm([g!]), optimizer)
    const { weight, moments } = update(optimizer, stepInputs(optimizer), 'w', w, prepared!)
    const executable = executor.load(compile({ outputs: { loss }, updates: [[w, weight], ...moments] }))
    executable.write('a', [0.5, 1, 2, 4, 0.01])
    executable.write('b', [1, -1, 0.5, 0.25, 3])
    executable.write('w', [0, 0.5, -1, 1.5, -0.2])
    path.forEach((expected, step) => {
      for (const [name, value] of Object.entries(stepValues(optimizer, optimizer.lr, step + 1)))
        executable.write(name, [value])
      executable.run({ seed: [0, 0], step })
      expect(relativeError(executable.read('w'), expected), `step ${step}`).toBeLessThan(tolerance)
    })
  })
})

it.each(fixture.onecycle)(
  'one-cycle rates over $total steps equal PyTorch',
  ({ total, warmup, lr, rates }) => {
    const config = configOf({ schedule: 'onecycle', warmup, lr })
    rates.forEach((rate, step) => expect(learningRate(config, step, total)).toBeCloseTo(rate, 12))
  },
)

it('cosine and linear rates go from lr to 0, constant stays', () => {
  const at = (schedule: FlatOptions['schedule'], step: number) =>
    learningRate(configOf({ schedule, lr: 2 }), step, 11)
  expect(
    [at('cosine', 0), at('cosine', 5), at('linear', 5), at('linear', 0), at('constant', 9)].map(
      (v) => +v.toFixed(9),
    ),
  ).toEqual([2, 1, 1, 2, 2])
  expect(at('cosine', 10)).toBeCloseTo(0, 12)
  expect(at('linear', 10)).toBe(0)
})

describe('schedules by formula', () => {
  const rates = (given: FlatOptions, steps: number[], total = 101) =>
    steps.map((step) => +learningRate(configOf({ lr: 2, ...given }), step, total).toFixed(9))

  it('step, exponential and inverse square root', () => {
    const decays = { decay: 0.25, decayEvery: 10 }
    expect(rates({ schedule: 'step', ...decays }, [0, 9, 10, 19, 20])).toEqual([2, 2, 0.5, 0.5, 0.125])
    expect(rates({ schedule: 'exponential', ...decays }, [0, 5, 10, 20])).toEqual([2, 1, 0.5, 0.125])
    expect(rates({ schedule: 'invsqrt' }, [0, 3, 15, 99])).toEqual([2, 1, 0.5, 0.2])
  })

  it('each begins with its warm-up, then runs over what is left', () => {
    const rising = [0.5, 1, 1.5, 2]
    const warm = (given: object, ...later: number[]) =>
      rates({ warmupSteps: 4, ...given }, [0, 1, 2, 3, ...later], 15)
    expect(warm({ schedule: 'constant' }, 4, 14)).toEqual([...rising, 2, 2])
    expect(warm({ schedule: 'cosine' }, 4, 9, 14)).toEqual([...rising, 2, 1, 0])
    expect(warm({ schedule: 'linear' }, 4, 9, 14)).toEqual([...rising, 2, 1, 0])
    expect(warm({ schedule: 'step', decay: 0.5, decayEvery: 3 }, 6, 7)).toEqual([...rising, 2, 1])
    expect(warm({ schedule: 'exponential', decay: 0.25, decayEvery: 4 }, 4, 6)).toEqual([...rising, 2, 1])
    expect(warm({ schedule: 'invsqrt' }, 15, 35)).toEqual([...rising, 1, 0.666666667])
  })

  it('stays finite and positive where the warm-up is longer than the run, or the run has no end', () => {
    for (const schedule of ['constant', 'cosine', 'linear', 'step', 'exponential', 'invsqrt'] as const) {
      expect(rates({ schedule, warmupSteps: 200 }, [0, 99])).toEqual([0.01, 1])
      expect(rates({ schedule, warmupSteps: 2 }, [1, 2], Infinity)[1], schedule).toBeGreaterThan(1.6)
    }
  })
})
