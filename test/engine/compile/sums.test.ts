// Sums that leave out what cannot change them, held to the plain sum; and values that a backward loop makes again.
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import { sumOver } from '../../../src-main/engine/compile/sums.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import { checkGraph, expectClose, runCompiled, values } from '../check.ts'

const a = g.input('a', [3, 4])
const b = g.input('b', [3, 4])
const row = g.input('row', [4])
const column = g.input('column', [3, 1])
const feeds = { a: values([3, 4], 1), b: values([3, 4], 2), row: values([4], 3), column: values([3, 1], 4) }
const over = (axis: number) => g.reshape(g.mean(a, [axis]), axis === 0 ? [1, 4] : [3, 1])
const centred = (axis: number) => g.sub(a, over(axis))

const cases: [string, Node, 'zero' | 'factored' | 'plain', number][] = [
  ['a - mean of its row', centred(1), 'zero', 1],
  ['a - mean of its column', centred(0), 'zero', 0],
  ['that, times a factor per row', g.neg(g.mul(centred(1), column)), 'zero', 1],
  ['that, times a factor per column', g.mul(centred(1), row), 'plain', 1],
  ['a - mean of its row, over columns', centred(1), 'plain', 0],
  ['b - mean of a', g.sub(b, over(1)), 'plain', 1],
  ['a - a wrong share of its sum', g.sub(a, g.mul(g.reshape(g.sum(a, [1]), [3, 1]), 0.5)), 'plain', 1],
  ['b + (a - mean)', g.add(b, centred(1)), 'plain', 1],
  ['a factor per row', g.mul(a, column), 'factored', 1],
  ['a factor per column, over rows', g.mul(row, a), 'factored', 0],
  ['a broadcast factor', g.mul(g.broadcastTo(column, [3, 4]), a), 'factored', 1],
  ['a factor per column, over all', g.mul(a, row), 'plain', 1],
]

describe('sumOver', () => {
  it.each(cases)('%s', (_, node, kind, axis) => {
    const short = sumOver(node, [axis])
    const { short: is, plain } = runCompiled({ short, plain: g.sum(node, [axis]) }, feeds)
    expectClose(is!, plain!, 1e-12)
    expect(kind).toBe(short.op === 'const' ? 'zero' : short.op === 'mul' ? 'factored' : 'plain')
  })

  it('leaves a term that sums to nothing out', () => {
    expect(sumOver(g.add(b, centred(1)), [1]).inputs[0]).toBe(b)
  })
})

describe('a backward loop', () => {
  const sizeOf = (step: (x: Node, h: Node) => Node) => {
    const [w, xs] = [g.state('w', [64]), g.input('xs', [50, 8, 64])]
    const { ys } = scan({ xs: [xs], init: [g.zeros([8, 64])] }, ([x], [h]) => {
      const next = step(g.mul(x!, w), h!)
      return { state: [next], ys: [next] }
    })
    const loss = g.sum(g.square(ys[0]!))
    return compile({ outputs: { loss, d: grad(loss, [w])[0]! } }).size
  }

  it('makes again what one operation makes of saved values', () => {
    const stack = 50 * 8 * 64
    const plain = sizeOf((x, h) => g.tanh(g.add(x, h)))
    // d of the product needs both factors: h + 1 is made of h, which is saved anyway.
    const more = sizeOf((x, h) => g.tanh(g.add(x, g.mul(g.add(h, 1), g.sub(h, 1)))))
    expect(more - plain).toBeLessThan(stack)
  })

  it('gives the same gradients', () => {
    const [w, xs] = [g.state('w', [4]), g.input('xs', [5, 3, 4])]
    const { state } = scan({ xs: [xs], init: [g.zeros([3, 4])] }, ([x], [h]) => {
      const m = g.reshape(g.mean(h!, [1]), [3, 1])
      const c = g.mul(
        g.sub(h!, m),
        g.div(1, g.add(g.reshape(g.mean(g.square(g.sub(h!, m)), [1]), [3, 1]), 0.5)),
      )
      return { state: [g.tanh(g.add(g.mul(x!, w), g.mul(c, w), g.mul(g.add(h!, 1), g.sub(h!, x!))))], ys: [] }
    })
    checkGraph(g.sum(g.square(state[0]!)), [w], { w: values([4], 2), xs: values([5, 3, 4], 5) })
  })
})
