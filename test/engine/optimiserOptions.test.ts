// What stands between gradient and step: clipping by value, gradient noise, weight decay; resumes with every optimiser; the numbers of
// configurations that know none of it.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { input, state, transpose } from '../../src-main/engine/graph/ops.ts'
import { chooseExecutor, openTraining, readCheckpoint } from '../../src-main/engine/index.ts'
import { type Executor } from '../../src-main/engine/run/executor.ts'
import { uniformAt } from '../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import {
  clipByValue,
  globalNorm,
  normalLike,
  preparedGradients,
} from '../../src-main/engine/optim/gradients.ts'
import { momentCounts, stepInputs, stepValues, update } from '../../src-main/engine/optim/optimizers.ts'
import { grouped, type FlatOptions } from '../options.ts'

const executors: [string, Executor][] = [['reference', referenceExecutor()]]
const chosen = chooseExecutor('auto', 1).executor
if (chosen.id === 'native') executors.push(['native', chosen])

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(6)
const model = { cell: 'lstm', hidden: 6, embedding: 4 }
const size = { window: 8, batch: 3, steps: 14 }
const configOf = (options: FlatOptions, seed = 11): RunConfig =>
  parseConfig({ seed, model, ...grouped({ ...size, ...options }) }) as RunConfig
const optimizer = (given: FlatOptions): RunConfig['optimizer'] => configOf(given).optimizer
const run = (
  outputs: Record<string, Node>,
  feeds: Record<string, number[]>,
  executor: Executor,
  step = 0,
) => {
  const executable = executor.load(compile({ outputs }))
  for (const [name, values] of Object.entries(feeds)) executable.write(name, values)
  executable.run({ seed: [5, 6], step })
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, Array.from(executable.read(name))]))
}
const moments = (values: number[]) => {
  const power = (n: number) => values.reduce((s, v) => s + v ** n, 0) / values.length
  return { mean: power(1), square: power(2), fourth: power(4) }
}
const weightsAfter = (config: RunConfig, executor: Executor) => {
  const training = openTraining({ config, text }, executor)
  for (const _ of training.events());
  return readCheckpoint(training.checkpoint()).tensors
}
const hashOf = (tensors: ReturnType<typeof weightsAfter>) => {
  const hash = createHash('sha256')
  for (const [name, { data }] of tensors)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return hash.digest('hex')
}

describe.each(executors)('on the %s', (_, executor) => {
  it('clips by value to the bit, after clipping by norm', () => {
    const [g, h] = [input('g', [5]), input('h', [2])]
    const feeds = { g: [-3, -0.25, 0, 0.5, 7], h: [0.125, -1] }
    const [a, b] = clipByValue([g, h], 0.25) as [Node, Node]
    expect(run({ a, b }, feeds, executor)).toEqual({ a: [-0.25, -0.25, 0, 0.25, 0.25], b: [0.125, -0.25] })
    expect(clipByValue([g], 0)).toEqual([g])
    // (6, 8) has the norm 10: scaled to norm 5 it is (3, 4), and only then cut at 3.5.
    const [both] = preparedGradients([h], globalNorm([h]), optimizer({ clipNorm: 5, clipValue: 3.5 }))
    const { c } = run({ c: both! }, { h: [6, 8] }, executor)
    expect(c![0]).toBeCloseTo(3, 5)
    expect(c![1]).toBe(3.5)
  })

  it('draws the normal numbers of Box and Muller, each once, whatever the layout', () => {
    const like = transpose(input('g', [90, 110]))
    const { n, m } = run(
      { n: normalLike(like, 8), m: normalLike(like, 10) },
      { g: Array<number>(9900).fill(0) },
      executor,
      3,
    ) as { n: number[]; m: number[] }
    const counter = { seed: [5, 6], step: 3 } as const
    const precision = executor.id === 'native' ? 2e-6 : 1e-8
    n.forEach((value, i) => {
      const [u, v] = [uniformAt(counter, 8, 0, i), uniformAt(counter, 9, 0, i)]
      const expected = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)
      if (Math.abs(value - expected) > precision) expect.fail(`${i}: ${value} instead of ${expected}`)
    })
    const { mean, square, fourth } = moments([...n, ...m])
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(square - 1)).toBeLessThan(0.04)
    expect(Math.abs(fourth - 3)).toBeLessThan(0.3)
    expect(Math.abs(n.reduce((s, v, i) => s + v * m[i]!, 0) / n.length)).toBeLessThan(0.04)
  })

  it('adds noise of variance eta / (1 + t)^0.55 to the clipped gradient', () => {
    const config = optimizer({ optimizer: 'sgd', gradientNoise: 0.3, clipNorm: 1, clipValue: 0.5 })
    const at = stepInputs(config)
    const g = input('g', [100, 100])
    const [noisy] = preparedGradients([g], globalNorm([g]), config, at.noise)
    for (const t of [0, 9, 999]) {
      const { noise } = stepValues(config, 1, t + 1)
      const { y } = run({ y: noisy! }, { g: Array<number>(1e4).fill(0), noise: [noise!] }, executor, t)
      const { mean, square } = moments(y!)
      const variance = 0.3 / (1 + t) ** 0.55
      expect(square / variance).toBeGreaterThan(0.95)
      expect(square / variance).toBeLessThan(1.05)
      expect(Math.abs(mean) / Math.sqrt(variance)).toBeLessThan(0.04)
    }
  })

  it('draws the same noise for the same seed and step, other noise for others', () => {
    const executable = executor.load(compile({ outputs: { n: normalLike(input('g', [50]), 8) } }))
    const draw = (seed: number, step: number) => {
      executable.run({ seed: [seed, 0], step })
      return Array.from(executable.read('n'))
    }
    const first = draw(1, 2)
    for (const [seed, step] of [
      [2, 2],
      [1, 3],
    ] as const)
      expect(draw(seed, step).some((v, i) => v === first[i])).toBe(false)
    expect(draw(1, 2)).toEqual(first)
    const after = (gradientNoise: number) =>
      hashOf(weightsAfter(configOf({ gradientNoise, steps: 3 }), executor))
    expect(after(0.01)).toBe(after(0.01))
    expect(after(0.01)).not.toBe(after(0))
  })

  it.each([
    {
      optimizer: 'nesterov',
      schedule: 'step',
      decay: 0.5,
      decayEvery: 3,
      weightDecay: 0.01,
      clipValue: 0.02,
    },
    { optimizer: 'adagrad', schedule: 'exponential', decayEvery: 5, warmupSteps: 6, gradientNoise: 0.01 },
    { optimizer: 'adamw', schedule: 'invsqrt', warmupSteps: 4, weightDecay: 0.1, gradientNoise: 0.3 },
    { optimizer: 'rmsprop', schedule: 'cosine', warmupSteps: 3, weightDecay: 0.1 },
    { optimizer: 'adam', gradientNoise: 1 },
  ] as const)('resumed = uninterrupted: $optimizer, $schedule', (given) => {
    const config = configOf({ ...given, sampleEvery: 0, checkpointEvery: 1 })
    const whole = openTraining({ config, text }, executor)
    for (const event of whole.events()) expect(event.kind).not.toBe('diverged')
    const end = readCheckpoint(whole.checkpoint()).tensors
    for (const stop of [1, 7]) {
      const first = openTraining({ config, text }, executor)
      for (const _ of first.events()) if (first.step === stop) break
      const second = openTraining({ config, text, resume: first.checkpoint() }, executor)
      expect(second.step).toBe(stop)
      for (const _ of second.events());
      expect(second.step).toBe(14)
      expect(hashOf(readCheckpoint(second.checkpoint()).tensors)).toBe(hashOf(end))
    }
  })

  it('decays every weight, biases too, as PyTorch does', () => {
    const one = { optimizer: 'adamw', schedule: 'constant', lr: 0.1, steps: 1 } as const
    const start = readCheckpoint(openTraining({ config: configOf(one), text }, executor).checkpoint()).tensors
    const without = weightsAfter(configOf(one), executor)
    const decayed = weightsAfter(configOf({ ...one, weightDecay: 0.5 }), executor)
    const names = [...start.keys()].filter((name) => !/^(optim|carry)\./.test(name))
    expect(names).toContain('layers.0.b_ih')
    for (const name of names) {
      const of = (tensors: typeof start) => tensors.get(name)!.data
      const wrong = Array.from(of(start), (w, i) => of(without)[i]! - of(decayed)[i]! - 0.1 * 0.5 * w)
      expect(Math.max(...wrong.map(Math.abs)), name).toBeLessThan(1e-6)
    }
  })
})

describe('options of the optimisers', () => {
  it('know how many moments each optimiser keeps', () => {
    for (const [name, count] of Object.entries(momentCounts)) {
      if (name === 'hessianfree') continue
      const config = optimizer({ optimizer: name as 'sgd' })
      const made = update(config, stepInputs(config), 'w', state('w', [2]), input('g', [2])).moments
      expect(made, name).toHaveLength(count)
    }
  })

  // Losses of step 14 as they were before these options came. Compilers may order sums differently, nothing more.
  it.each([
    ['sgd', 'constant', 2.734421271177274],
    ['momentum', 'cosine', 2.7298464001253446],
    ['rmsprop', 'linear', 2.658557531240892],
    ['adam', 'onecycle', 2.6966917087714277],
  ] as const)(
    'leave %s with a %s rate as it was, but for the order of additions',
    (optimizer, schedule, expected) => {
      let loss = NaN
      for (const event of openTraining(
        { config: configOf({ optimizer, schedule }), text },
        referenceExecutor(),
      ).events())
        if (event.kind === 'metrics') loss = event.values['train/loss'] ?? loss
      expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-13)
    },
  )

  it('are switched off in a configuration that does not have them', () => {
    const off = { weightDecay: 0, clipValue: 0, gradientNoise: 0, warmupSteps: 0 }
    const { optimizer: chosen, schedule } = configOf({ optimizer: 'momentum', schedule: 'cosine' })
    expect({ ...chosen, ...schedule }).toMatchObject(off)
    expect(() => optimizer({ decay: 0 })).toThrow('schedule.decay')
    expect(() => optimizer({ weightDecay: -1 })).toThrow('optimizer.weightDecay')
  })

  it.each(['clipValue', 'gradientNoise', 'weightDecay'])(
    "Elman's rule refuses optimizer.%s by name",
    (name) => {
      const config = parseConfig({
        seed: 1,
        data: { kind: 'series' },
        model: { cell: 'elman', input: 'onehot' },
        train: { bptt: 'online', batch: 1 },
        optimizer: { name: 'sgd', clipNorm: 0, [name]: 0.1 },
      }) as RunConfig
      expect(() => openTraining({ config, text: '' }, referenceExecutor())).toThrow(`optimizer.${name}`)
    },
  )
})
