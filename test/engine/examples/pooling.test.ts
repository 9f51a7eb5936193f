// Pooling over time is what its name says, in plain loops.
import { describe, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import { pool, poolWeights, type Pooling } from '../../../src-main/engine/nn/pool.ts'
import type { SequenceNetwork } from '../../../src-main/engine/nn/network.ts'
import type { Trace } from '../../../src-main/engine/nn/trace.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { expectClose, values } from '../check.ts'

const reference = referenceExecutor()

describe('pooling', () => {
  const [steps, batch, width] = [5, 3, 4]
  const lengths = [5, 2, 3]
  const top = values([steps, batch, width], 3)
  const weights = new Map(
    [...poolWeights('attention', width)].map(([name, { shape }], i) => [name, values(shape, i + 5)]),
  )
  /** In plain loops; bidirectional: the second half of the units reads from the end. */
  function plain(pooling: Pooling, bidirectional: boolean): number[] {
    const at = (t: number, b: number, u: number) => top[(t * batch + b) * width + u]!
    const dot = (w: Float64Array, row: number, h: number[]) =>
      h.reduce((s, v, u) => s + w[row * width + u]! * v, 0)
    return lengths.flatMap((length, b) => {
      const h = Array.from({ length }, (_, t) => Array.from({ length: width }, (_u, u) => at(t, b, u)))
      const scores = h.map((row) => {
        const hidden = row.map((_, u) =>
          Math.tanh(dot(weights.get('pool.w')!, u, row) + weights.get('pool.b')![u]!),
        )
        return Math.exp(dot(weights.get('pool.v')!, 0, hidden))
      })
      const total = scores.reduce((a, s) => a + s, 0)
      return Array.from({ length: width }, (_, u) => {
        const column = h.map((row) => row[u]!)
        if (pooling === 'last') return bidirectional && u >= width / 2 ? column[0]! : column[length - 1]!
        if (pooling === 'mean') return column.reduce((a, v) => a + v, 0) / length
        if (pooling === 'max') return Math.max(...column)
        return column.reduce((a, v, t) => a + (v * scores[t]!) / total, 0)
      })
    })
  }
  it.each<[Pooling, boolean]>([
    ['last', false],
    ['last', true],
    ['mean', false],
    ['max', false],
    ['attention', false],
  ])('%s equals plain loops (both directions: %s)', (pooling, bidirectional) => {
    const nodes = new Map([...poolWeights('attention', width)].map(([name, { shape }]) => [name, input(name, shape)]))
    const network = { bidirectional, head: 0 } as SequenceNetwork
    const trace = { features: input('top', [steps, batch, width]), mask: input('mask', [steps, batch]) } as Trace
    const executable = reference.load(compile({ outputs: { y: pool(pooling, network, nodes, trace) } }))
    const mask = Array.from({ length: steps * batch }, (_, i) => Number(Math.floor(i / batch) < lengths[i % batch]!))
    for (const [name, v] of [['top', top], ['mask', mask], ...weights] as const)
      if (executable.program.slots.has(name)) executable.write(name, v)
    executable.run({ seed: [1, 2], step: 0 })
    expectClose(executable.read('y'), plain(pooling, bidirectional), 1e-12)
  }) // prettier-ignore
})
