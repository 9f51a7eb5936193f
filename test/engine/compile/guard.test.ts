// Guards: what is computed for a row's closed gate alone is skipped while all rows are closed, forward and backward, and nothing changes.
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import {
  callsOf,
  type Guard,
  type Instruction,
  type Program,
} from '../../../src-main/engine/compile/program.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import { checkGraph, runCompiled, values } from '../check.ts'
import { evaluate } from '../evaluate.ts'

const [T, B, H] = [6, 2, 4]
/** Open for both rows, one, none, none, the other, both. */
const gates = Float64Array.of(1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1)

const guards = (code: readonly Instruction[]): Guard[] =>
  code.flatMap((c) => (c.kernel === 'guard' ? [c] : c.kernel === 'loop' ? guards(c.body) : []))
const kernels = (code: readonly Instruction[]) => callsOf(code).map((c) => c.kernel)

type Step = (h: Node, x: Node, gate: Node, w: Node) => { h: Node; show?: Node }

/** A cell that sees a gate (B, 1) at every step, its loss and the gradients of what it is made of. */
function cell(step: Step, shape: readonly number[] = [B, 1]) {
  const [x, gate] = [g.input('x', [T, B, H]), g.input('gate', [T, ...shape])]
  const [w, h0] = [g.state('w', [H, H]), g.state('h0', [B, H])]
  const { ys, state } = scan({ xs: [x, gate], init: [h0] }, ([xt, gt], [h]) => {
    const made = step(h!, xt!, gt!, w)
    return { state: [made.h], ys: [made.show ?? made.h] }
  })
  const loss = g.add(g.mean(g.square(g.add(ys[0]!, 0.3))), g.sum(state[0]!))
  const wrt = [w, h0, x]
  const feeds = { x: values([T, B, H], 2), gate: gates, w: values([H, H], 4), h0: values([B, H], 5) }
  const outputs = (): Record<string, Node> => {
    const [dw, dh0, dx] = grad(loss, wrt)
    return { loss, shown: ys[0]!, dw: dw!, dh0: dh0!, dx: dx! }
  }
  return { loss, wrt, feeds, outputs, compiled: (): Program => compile({ outputs: outputs() }) }
}
const held: Step = (h, x, gate, w) => ({ h: g.select(gate, g.tanh(g.add(g.linear(h, w), x)), h) })

describe('a product behind a gate per row', () => {
  it('is skipped forward and backward where every row is closed', () => {
    const { compiled } = cell(held)
    const found = guards(compiled().code)
    expect(found.filter((one) => kernels(one.body).includes('gemm'))).toHaveLength(2)
    for (const { when, body, otherwise } of found) {
      expect(when.shape).toEqual([B, 1])
      expect(kernels(otherwise)).not.toContain('gemm')
      expect(callsOf(otherwise).every((c) => c.code.every((op) => op.fn === 'const'))).toBe(true)
      expect(body.length).toBeGreaterThan(0)
    }
  })

  it('has the value and the gradients of the plain graph', () => {
    const { loss, wrt, feeds } = cell(held)
    checkGraph(loss, wrt, feeds)
  })

  it('holds rows exactly, and takes nothing from what it did not compute', () => {
    const { outputs, feeds } = cell(held)
    const x = feeds.x.slice()
    // A step that is skipped never sees its input; where one row is open the other's stays hidden.
    x.fill(NaN, 2 * B * H, 4 * B * H)
    x.fill(Infinity, B * H, B * H + H)
    const made = runCompiled(outputs(), { ...feeds, x })
    for (const name of ['loss', 'shown', 'dw', 'dh0', 'dx'])
      expect(made[name]!.every(Number.isFinite), name).toBe(true)
    const shown = made['shown']!
    expect(shown.slice(2 * B * H, 3 * B * H)).toEqual(shown.slice(B * H, 2 * B * H))
    expect(made['dx']!.slice(2 * B * H, 4 * B * H)).toEqual(new Array(2 * B * H).fill(0))
  })

  it('may hold anything else: zeros, an input, a constant, another product', () => {
    const others: Step[] = [
      (h, x, gate, w) => ({ h: g.tanh(g.add(g.select(gate, g.linear(h, w), 0), x)) }),
      (h, x, gate, w) => ({ h: g.select(gate, g.relu(g.linear(h, w)), x) }),
      (h, x, gate, w) => ({ h: g.select(gate, g.sigmoid(g.linear(g.mul(h, x), w)), 0.25) }),
      (h, x, gate, w) => ({ h: g.select(gate, g.tanh(g.linear(h, w)), g.tanh(g.linear(x, w))) }),
      (h, x, gate, w) => ({ h: g.add(x, g.mul(g.select(gate, g.linear(h, w), 0), 0.5)) }),
      (h, _, gate, w) => ({ h: g.add(h, g.neg(g.select(gate, g.div(g.linear(h, w), 3), 0))) }),
    ]
    for (const step of others) {
      const { loss, wrt, feeds, compiled } = cell(step)
      expect(guards(compiled().code).length, step.toString()).toBeGreaterThan(0)
      checkGraph(loss, wrt, feeds)
    }
  })

  it('is found for several gates, and for gates inside gates', () => {
    const two: Step = (h, x, gate, w) => {
      const slow = g.select(g.mul(gate, g.gt(g.slice(x, 1, 0, 1), 0)), g.tanh(g.linear(h, w)), h)
      return { h: g.select(gate, g.sigmoid(g.add(g.linear(slow, w), x)), h) }
    }
    const { loss, wrt, feeds, compiled } = cell(two)
    const found = guards(compiled().code).filter((one) => kernels(one.body).includes('gemm'))
    expect(new Set(found.map((one) => one.when.offset)).size).toBeGreaterThan(1)
    checkGraph(loss, wrt, feeds)
  })
})

describe('a product is not skipped', () => {
  const none: [string, Step, number[]?][] = [
    ['when the gate is one number per unit', held, [B, H]],
    [
      'when somebody else wants it',
      (h, x, gate, w) => {
        const made = g.linear(h, w)
        return { h: g.select(gate, g.tanh(g.add(made, x)), h), show: made }
      },
    ],
    [
      'when it decides',
      (h, x, gate, w) => ({ h: g.select(g.slice(g.linear(h, w), 1, 0, 1), g.mul(x, gate), h) }),
    ],
    [
      'when it is what a closed gate leaves',
      (h, x, gate, w) => ({ h: g.select(gate, x, g.tanh(g.linear(h, w))) }),
    ],
  ]
  it.each(none)('%s', (_, step, shape) => {
    const { loss, wrt, feeds, compiled } = cell(step, shape)
    const forward = compiled().code.find((c) => c.kernel === 'loop')!
    expect(guards([forward]).filter((one) => kernels(one.body).includes('gemm'))).toEqual([])
    const wide = { ...feeds, gate: shape ? values([T, ...shape], 7).map((v) => (v > 0 ? 1 : 0)) : gates }
    checkGraph(loss, wrt, wide)
  })

  it('for a few elementwise operations', () => {
    const { compiled } = cell((h, x, gate) => ({ h: g.select(gate, g.tanh(g.add(h, x)), h) }))
    expect(guards(compiled().code)).toEqual([])
  })
})

describe('overlapping parts of a gradient', () => {
  /** Products of all of h, of its last three units and of the last one. */
  const staircase: Step = (h, x, _, w) => {
    const from = (at: number) =>
      g.linear(g.slice(h, 1, at, H - at), g.slice(g.slice(w, 1, at, H - at), 0, at, 1))
    return {
      h: g.tanh(
        g.concat(
          [0, 1, 2, 3].map((at) => g.add(from(at), g.slice(x, 1, at, 1))),
          1,
        ),
      ),
    }
  }
  it('are added where they belong, without a copy', () => {
    const { loss, wrt, feeds, compiled } = cell(staircase)
    checkGraph(loss, wrt, feeds)
    const [, backward] = compiled().code.filter((c) => c.kernel === 'loop')
    expect(callsOf([backward!]).filter((c) => c.kernel === 'gemm')).toHaveLength(4)
    expect(callsOf([backward!]).filter((c) => c.kernel === 'ew' && c.code.length === 0)).toEqual([])
  })

  it('leave stacks of parts to the stack of the whole', () => {
    const { outputs, feeds } = cell(staircase)
    const all = outputs()
    expect(runCompiled(all, feeds)['dw']).toHaveLength(H * H)
    evaluate(Object.values(all), feeds).forEach((expected, i) => {
      const got = runCompiled(all, feeds)[Object.keys(all)[i]!]!
      got.forEach((v, k) => expect(v).toBeCloseTo(expected[k]!, 10))
    })
  })
})
