// Programs that run on one memory: one program's states are the other's beginning, and what does not fit is refused.
import { describe, expect, it } from 'vitest'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { add, input, mul, state, sum } from '../../src-main/engine/graph/ops.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'

/** Adds the sum of x (n) to `total`; `z` is another state, met first in the graph or last. */
function adding(n: number, turned = false) {
  const [total, z] = [state('total', []), state('z', [3])]
  const steps = [
    [total, add(total, sum(input('x', [n])))],
    [z, mul(z, 2)],
  ] as const
  return compile({ outputs: { n: mul(total, 1) }, updates: turned ? [steps[1], steps[0]] : steps })
}
const run = { seed: [1, 2] as const, step: 0 }
const native = loadNative()
const executors: Executor[] = [referenceExecutor(), ...('unavailable' in native ? [] : [native])]

describe.each(executors.map((e) => [e.id, e] as const))('on the %s executor', (_, executor) => {
  it('programs with the same states share them without a copy', () => {
    const long = executor.load(adding(50))
    const short = executor.load(adding(3, true), long)
    expect(short.memory.buffer).toBe(long.memory.buffer)
    long.write('z', [1, 2, 3])
    long.write('x', new Float64Array(50).fill(1))
    long.run(run)
    short.write('x', [1, 2, 4])
    short.run(run)
    expect(long.scalar('total')).toBe(57)
    expect([...long.read('z')]).toEqual([4, 8, 12])
  })

  it('refuses other states and too little memory', () => {
    const short = executor.load(adding(3))
    expect(() => executor.load(adding(50), short)).toThrow(/memory to share/)
    const other = compile({ outputs: {}, updates: [[state('total', [2]), mul(state('total', [2]), 2)]] })
    expect(() => executor.load(other, executor.load(adding(50)))).toThrow(/different states/)
  })
})
