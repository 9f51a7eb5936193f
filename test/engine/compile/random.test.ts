// Random graphs with scans: what the compiler makes of them equals the plain evaluation, in the reference executor to f64 accuracy.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { callsOf } from '../../../src-main/engine/compile/program.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import { expectClose, runCompiled, values } from '../check.ts'
import { evaluate } from '../evaluate.ts'
import { choices, grow } from './grow.ts'

const [T, B, H] = [3, 2, 4]

describe('random graphs', () => {
  it('compile to programs of the same value and the same gradients', () => {
    fc.assert(
      fc.property(choices, choices, choices, fc.boolean(), (before, inside, after, reverse) => {
        const weights = [g.state('w', [H, H]), g.state('u', [H, H])]
        const x = g.input('x', [T, B, H])
        const start = grow([g.state('s', [B, H]), g.zeros([B, H])], weights, before)
        const scanned = scan(
          { xs: [x], init: [start[start.length - 1]!, start[0]!], reverse },
          ([xt], [p, q]) => {
            const pool = grow([xt!, p!, q!, start[0]!], weights, inside)
            return {
              state: [pool[pool.length - 1]!, pool[pool.length - 2]!],
              ys: [pool[Math.floor(pool.length / 2)]!, p!, pool[pool.length - 1]!],
            }
          },
        )
        const pool = grow(
          [...scanned.state, g.sum(scanned.ys[0]!, [0]), g.slice(scanned.ys[2]!, 0, 1, 1)].map((n) =>
            g.reshape(n, [B, H]),
          ),
          weights,
          after,
        )
        const loss = g.mean(g.add(g.square(pool[pool.length - 1]!), g.tanh(g.sum(scanned.ys[1]!, [0]))))
        const wrt = [...weights, start[0]!]
        const gradients = grad(loss, wrt)
        const outputs: Record<string, Node> = { loss, stack: scanned.ys[0]!, last: pool[pool.length - 1]! }
        gradients.forEach((d, i) => (outputs[`d${i}`] = d))
        // Every leaf must be fed, also those that the outputs happen not to need.
        const feeds = {
          x: values([T, B, H], 2),
          s: values([B, H], 3),
          w: values([H, H], 4),
          u: values([H, H], 5),
        }
        const used = compile({ outputs }).slots
        for (const name of Object.keys(feeds))
          if (!used.has(name))
            outputs[`use ${name}`] = [x, start[0]!, ...weights].find((n) => n.attrs.name === name)!
        const compiled = runCompiled(outputs, feeds)
        const expected = evaluate(Object.values(outputs), feeds)
        Object.keys(outputs).forEach((name, i) => expectClose(compiled[name]!, expected[i]!, 1e-8, name))
      }),
      { numRuns: 300, seed: 20260101 },
    )
  })

  it('say what memory they need: the arena covers every view', () => {
    const w = g.state('w', [H, H])
    const program = compile({ outputs: { y: g.tanh(g.linear(g.input('x', [B, H]), w)) } })
    const ends = callsOf(program.code).flatMap((c) =>
      [...c.outs, ...c.ins].map(
        (v) => v.offset + v.shape.reduce((n, d, i) => n + (d - 1) * v.strides[i]!, 1),
      ),
    )
    expect(Math.max(...ends)).toBeLessThanOrEqual(program.size)
  })
})
