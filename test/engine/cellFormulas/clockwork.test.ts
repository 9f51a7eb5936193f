// The clockwork RNN: its periods on both executors, and its weights.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { cellById } from '../../../src-main/engine/cells/index.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import { networkOf } from '../../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../../src-main/engine/nn/trace.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { loadNative } from '../../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { values } from '../check.ts'
import { dot } from './oneStep.ts'

describe('clockwork RNN', () => {
  const executors: [string, Executor, number][] = [['reference', referenceExecutor(), 1e-12]]
  const native = loadNative()
  if (!('unavailable' in native)) executors.push(['native', native, 1e-5])

  it.each(executors)(
    'ticks with periods 1, 2, 4 and holds in between to the bit (%s)',
    (_, executor, near) => {
      const [steps, size, periods] = [13, 7, [1, 1, 2, 2, 4, 4, 4]]
      const first = [0, 0, 2, 2, 4, 4, 4]
      const config = parseConfig({
        seed: 1,
        model: { cell: 'clockwork', hidden: size, options: { groups: 3 } },
      })
      const network = networkOf((config as RunConfig).model, {
        symbols: 0,
        dense: 2,
        outputs: 1,
        outputBias: false,
      })
      const weights = weightNodes(network)
      const x = input('x', [steps, 1, 2])
      const init = ['0.h', '0.t'].map((name) => input(name, [1, size]))
      const trace = traceNetwork(network, weights, x, init, { watch: () => true })
      const [h, t] = trace.final as [Node, Node]
      const outputs = { h: trace.features, tick: trace.signals.get('0.tick')!, last: h, time: t }
      const program = executor.load(compile({ outputs }))
      const w = Object.fromEntries([...weights].map(([name, { shape }], i) => [name, values(shape, i + 1)]))
      for (const name of program.program.slots.keys()) if (w[name]) program.write(name, w[name])
      const w_ih = w['layers.0.w_ih']!

      let before: number[] = Array<number>(size).fill(0)
      let clock = 0
      program.write('0.h', before)
      program.write('0.t', before)
      // Two stretches: the clock goes on where the first one ended.
      for (const stretch of [1, 2]) {
        const xs = values([steps, 1, 2], stretch)
        program.write('x', xs)
        program.run({ seed: [0, 0], step: 0 })
        const [shown, ticks] = [program.read('h'), program.read('tick')]
        for (let at = 0; at < steps; at++, clock++) {
          const now = Array.from(shown.subarray(at * size, (at + 1) * size))
          periods.forEach((period, k) => {
            const due = clock % period === 0
            expect(ticks[at * size + k]).toBe(due ? 1 : 0)
            if (!due) return expect(now[k]).toBe(before[k])
            const group = w[`layers.0.w_hh_${Math.log2(period)}`]!
            const fromState = dot(group, k - first[k]!, before.slice(first[k]))
            const z = dot(w_ih, k, xs.subarray(at * 2, at * 2 + 2)) + w['layers.0.b']![k]! + fromState
            expect(Math.abs(now[k]! - Math.tanh(z))).toBeLessThan(near)
            expect(now[k]).not.toBe(before[k])
          })
          before = now
        }
        expect(program.read('time')[0]).toBe(clock % 4)
        program.write('0.h', program.read('last'))
        program.write('0.t', program.read('time'))
      }
    },
  )

  it('has a weight for every connection from a slower group or its own, and no other', () => {
    const shapes = Object.values(
      cellById('clockwork').weights({ input: 1, hidden: 5, outputs: 1 }, { groups: 9 }),
    )
    expect(shapes.map((w) => w!.shape)).toEqual([[5, 1], [5], [1, 5], [1, 4], [1, 3], [1, 2], [1, 1]])
  })
})
