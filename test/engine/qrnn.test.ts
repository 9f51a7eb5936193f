// QRNN against its paper's equations in plain loops, whatever the stretches it is read in; and that only the pooling stays in the loop.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { trainingProgram } from '../../src-main/engine/training/program.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { evaluate } from './evaluate.ts'
import { grouped, type FlatOptions } from '../options.ts'

const [batch, inputs, hidden] = [2, 3, 4]
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 1, ...given }) as RunConfig
type Options = { width: number; pooling: string }

function networkWith(options: Options, bidirectional = false, training: FlatOptions = {}) {
  const config = configOf({ model: { cell: 'qrnn', hidden, bidirectional, options }, ...grouped(training) })
  const sizes = { symbols: 0, dense: inputs, outputs: 1, outputBias: false }
  const network = networkOf(config.model, sizes, config.regularization)
  return { network, weights: weightNodes(network) }
}

/** h (T, H) of one sequence; `before`: inputs before it, newest last; `c` before it. */
function plainly(
  w: Record<string, ArrayLike<number>>,
  prefix: string,
  { width, pooling }: Options,
  xs: readonly number[][],
  before: readonly number[][] = [],
  c = range(hidden).map(() => 0),
): number[][] {
  const gates = { f: 'zf', fo: 'zfo', ifo: 'zfoi' }[pooling]!
  const all = [...range(width).map(() => range(inputs).map(() => 0)), ...before, ...xs]
  return xs.map((_, t) => {
    const now = all.length - xs.length + t
    const sum = (gate: string, k: number) => {
      const row = gates.indexOf(gate) * hidden + k
      return (
        w[`${prefix}b`]![row]! +
        range(width).reduce(
          (s, lag) =>
            s + all[now - lag]!.reduce((d, v, i) => d + v * w[`${prefix}w_${lag}`]![row * inputs + i]!, 0),
          0,
        )
      )
    }
    const f = c.map((_, k) => sigmoid(sum('f', k)))
    const i = pooling === 'ifo' ? c.map((_, k) => sigmoid(sum('i', k))) : f.map((v) => 1 - v)
    c = c.map((v, k) => f[k]! * v + i[k]! * Math.tanh(sum('z', k)))
    return pooling === 'f' ? c : c.map((v, k) => sigmoid(sum('o', k)) * v)
  })
}

const cases: Options[] = ['f', 'fo', 'ifo'].flatMap((pooling) =>
  [1, 2, 4].map((width) => ({ pooling, width })),
)

describe.each(cases)('$pooling-pooling over $width', (options) => {
  const sequence = (all: ArrayLike<number>, b: number, size: number) =>
    range(all.length / batch / size).map((t) =>
      Array.from(all).slice((t * batch + b) * size, (t * batch + b + 1) * size),
    )

  it.each([7, 2, 1])('is the formula in stretches of %i, with states before it and carried on', (stretch) => {
    const { network, weights } = networkWith(options)
    const x = input('x', [stretch, batch, inputs])
    const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [batch, size]))
    const trace = traceNetwork(network, weights, x, init, { keepStates: true })
    const w = Object.fromEntries([...weights].map(([name, { shape }], i) => [name, values(shape, i + 1)]))
    const first = init.map((node, i) => values(node.shape, i + 20))
    const xs = values([8, batch, inputs], 9)
    let states: ArrayLike<number>[] = first
    const shown: number[] = []
    for (let at = 0; at + stretch <= 8; at += stretch) {
      const size = batch * inputs
      const feeds = { ...w, x: xs.slice(at * size, (at + stretch) * size) }
      const from = Object.fromEntries(init.map((node, i) => [node.attrs.name!, states[i]!]))
      const [top, ...rest] = evaluate([trace.features, ...trace.final, ...trace.states], {
        ...feeds,
        ...from,
      })
      shown.push(...top!)
      states = rest.slice(0, init.length)
      // What `keepStates` stacks ends in the final states.
      rest
        .slice(init.length)
        .forEach((stack, i) => expect([...stack.slice(-states[i]!.length)]).toEqual(Array.from(states[i]!)))
    }
    for (const b of range(batch)) {
      const past = options.width > 1 ? sequence(first[1]!, 0, inputs).length : 0
      const mine = Array.from(first[1] ?? []).slice(
        (b * past * batch * inputs) / batch,
        ((b + 1) * past * batch * inputs) / batch,
      )
      const before = range(mine.length / inputs).map((k) => mine.slice(k * inputs, (k + 1) * inputs))
      const c = Array.from(first[0]!).slice(b * hidden, (b + 1) * hidden)
      const steps = shown.length / batch / hidden
      const expected = plainly(w, 'layers.0.', options, sequence(xs, b, inputs), before, c).slice(0, steps)
      expectClose(sequence(shown, b, hidden).flat(), expected.flat(), 1e-12)
    }
  })

  it.each([5, 2])('is the formula from the end, %i steps', (steps) => {
    const { network, weights } = networkWith(options, true)
    const x = input('x', [steps, batch, inputs])
    const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [batch, size]))
    const { features: top } = traceNetwork(network, weights, x, init)
    const feeds = Object.fromEntries(
      [...weights.values(), x, ...init].map((n, i) => [n.attrs.name!, values(n.shape, i + 1)]),
    )
    const [found] = evaluate([top], feeds)
    for (const b of range(batch)) {
      const xs = sequence(feeds.x!, b, inputs)
      const back = plainly(feeds, 'layers.0.reverse.', options, xs.toReversed()).toReversed()
      const reverse = sequence(found!, b, 2 * hidden).map((row) => row.slice(hidden))
      expectClose(reverse.flat(), back.flat(), 1e-12)
    }
  })
})

describe('zoneout', () => {
  const traced = (training: boolean, options: FlatOptions) => {
    const { network, weights } = networkWith({ width: 2, pooling: 'fo' }, false, options)
    const x = input('x', [6, batch, inputs])
    const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [batch, size]))
    const { signals } = traceNetwork(network, weights, x, init, { training, watch: () => true })
    const program = referenceExecutor().load(compile({ outputs: Object.fromEntries(signals) }))
    for (const [i, { attrs, shape }] of [...weights.values(), x, ...init].entries())
      if (program.program.slots.has(attrs.name!)) program.write(attrs.name!, values(shape, i + 1))
    return (step = 0) => {
      program.run({ seed: [1, 2], step })
      return (signal: string) => Array.from(program.read(`0.${signal}`))
    }
  }
  const zoneout = 0.3
  const f = traced(false, {})()('f')

  it('opens the forget gate of a unit, so that its cell keeps its value and is shown', () => {
    let open = 0
    const draws = 60
    const run = traced(true, { zoneout })
    for (let step = 0; step < draws; step++) {
      const made = run(step)
      const [gate, c, h, o] = ['f', 'c', 'h', 'o'].map((s) => made(s))
      gate!.forEach((v, i) => {
        expect(v === 1 || v === f[i]).toBe(true)
        open += +(v === 1)
        if (v === 1 && i >= batch * hidden) expect(c![i]).toBe(c![i - batch * hidden])
        expect(h![i]).toBeCloseTo(o![i]! * c![i]!, 12)
      })
    }
    const n = draws * f.length
    expect(Math.abs(open / n - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / n))
  })

  it('is its mean outside of training', () => {
    const mixed = f.map((v) => zoneout + (1 - zoneout) * v)
    expectClose(traced(false, { zoneout })()('f'), mixed, 1e-12)
  })
})

it('makes every product before or after the loops, forward and backward', () => {
  const products = (cell: string, given: RunConfigInput['model'] = {}) => {
    const config = configOf({
      data: { kind: 'text' },
      model: { cell, hidden: 8, layers: 2, ...given },
      train: { window: 6, batch: 2 },
      regularization: { zoneout: 0.1, dropout: 0.1 },
    })
    const count = (code: readonly Instruction[], inside: boolean): number =>
      code.reduce(
        (n, i) => n + (i.kernel === 'loop' ? count(i.body, true) : +(inside && i.kernel === 'gemm')),
        0,
      )
    const { code } = trainingProgram(taskOf(config, 'the rain in spain '.repeat(20)), config)
    expect(code.filter(({ kernel }) => kernel === 'loop')).toHaveLength(4)
    return count(code, false)
  }
  for (const pooling of ['f', 'fo', 'ifo'])
    for (const input of ['embedding', 'onehot'] as const)
      expect(products('qrnn', { input, options: { pooling, width: 3 } })).toBe(0)
  expect(products('lstm')).toBe(4)
})
