import { describe, expect, it } from 'vitest'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import { gradientRules } from '../../../src-main/engine/compile/gradients.ts'
import { jvp } from '../../../src-main/engine/compile/jvp.ts'
import { checkGraph, expectClose, runCompiled, values } from '../check.ts'
import type { Feeds } from '../evaluate.ts'

const a = () => g.state('a', [3, 4])
const b = () => g.state('b', [3, 4])
const positive = (shape: number[], salt: number) => values(shape, salt).map((v) => Math.abs(v) + 0.3)
/** A scalar in which every element of y counts differently. */
const weigh = (y: Node) => g.sum(g.mul(y, g.input('k', y.shape)))

/** Each row: the op under test, a graph that uses it, feeds. */
const cases: [string, () => { y: Node; wrt: Node[]; feeds?: Record<string, Float64Array> }][] = [
  ...(['add', 'sub', 'mul', 'div', 'maximum', 'minimum'] as const).map((op): (typeof cases)[number] => [
    { maximum: 'max', minimum: 'min' }[op as string] ?? op,
    () => {
      const [x, y] = [a(), b()]
      return { y: g[op](x, y), wrt: [x, y], feeds: { b: positive([3, 4], 7) } }
    },
  ]),
  ...(['add', 'mul', 'div', 'sub'] as const).map((op): (typeof cases)[number] => [
    op,
    () => {
      const [x, row] = [a(), g.state('row', [4])]
      const col = g.state('col', [3, 1])
      return { y: g[op](g[op](x, row), col), wrt: [x, row, col], feeds: { row: positive([4], 3), col: positive([3, 1], 5) } }
    },
  ]),
  ...(['neg', 'abs', 'exp', 'tanh', 'sigmoid', 'relu', 'floor'] as const).map((op): (typeof cases)[number] => [
    op,
    () => {
      const x = a()
      return { y: g[op](x), wrt: [x] }
    },
  ]),
  ...(['log', 'sqrt'] as const).map((op): (typeof cases)[number] => [
    op,
    () => {
      const x = a()
      return { y: g[op](x), wrt: [x], feeds: { a: positive([3, 4], 2) } }
    },
  ]),
  ...(['gt', 'ge', 'eq'] as const).map((op): (typeof cases)[number] => [
    op,
    () => {
      const [x, y] = [a(), b()]
      return { y: g.mul(g[op](x, y), x), wrt: [x, y] }
    },
  ]),
  ['select', () => {
    const [x, y] = [a(), b()]
    return { y: g.select(g.gt(x, 0), g.mul(x, y), g.state('row', [4])), wrt: [x, y, g.state('row', [4])].slice(0, 2) }
  }],
  ['matmul', () => {
    const [x, w] = [g.state('a', [2, 3, 4]), g.state('w', [4, 5])]
    return { y: g.matmul(x, w), wrt: [x, w] }
  }],
  ['transpose', () => {
    const [x, w] = [a(), g.state('w', [5, 4])]
    return { y: g.mul(g.linear(x, w), 2), wrt: [x, w] }
  }],
  ['reshape', () => {
    const x = a()
    return { y: g.mul(g.reshape(g.transpose(x), [2, 6]), 3), wrt: [x] }
  }],
  ['slice', () => {
    const x = a()
    const [p, q] = g.split(x, 2, 1)
    return { y: g.mul(g.tanh(p!), g.sigmoid(q!), g.slice(x, 1, 1, 2)), wrt: [x] }
  }],
  ['concat', () => {
    const [x, y] = [a(), g.state('c', [2, 4])]
    return { y: g.tanh(g.concat([x, y, g.zeros([1, 4]), x], 0)), wrt: [x, y] }
  }],
  ['broadcast', () => {
    const x = g.state('a', [3, 1])
    return { y: g.broadcastTo(x, [2, 3, 4]), wrt: [x] }
  }],
  ['sum', () => {
    const x = g.state('a', [2, 3, 4])
    return { y: g.mul(g.sum(x, [1]), g.mean(x, [0, 1])), wrt: [x] }
  }],
  ['softmax', () => {
    const x = a()
    return { y: g.softmax(x), wrt: [x] }
  }],
  ['logSoftmax', () => {
    const x = a()
    return { y: g.logSoftmax(x), wrt: [x] }
  }],
  ['crossEntropy', () => {
    const x = g.state('a', [2, 3, 4])
    return { y: g.crossEntropy(x, g.input('ids', [2, 3])), wrt: [x], feeds: { ids: Float64Array.of(0, 3, -1, 2, 1, 1) } }
  }],
  ['crossEntropyGrad', () => {
    const [x, w] = [g.state('a', [2, 3, 4]), g.state('w', [2, 3])]
    return { y: g.crossEntropyGrad(x, g.input('ids', [2, 3]), w), wrt: [x, w], feeds: { ids: Float64Array.of(0, 3, -1, 2, 1, 1) } }
  }],
  ['pad', () => {
    const x = a()
    return { y: g.pad(g.tanh(x), 1, 2, 7), wrt: [x] }
  }],
  ['gather', () => {
    const x = a()
    return { y: g.tanh(g.gather(x, g.input('ids', [2, 2]))), wrt: [x], feeds: { ids: Float64Array.of(2, 0, -1, 2) } }
  }],
  ['scatterAdd', () => {
    const x = a()
    return { y: g.tanh(g.scatterAdd(x, g.input('ids', [3]), 5)), wrt: [x], feeds: { ids: Float64Array.of(4, 1, 4) } }
  }],
  ['oneHot', () => {
    const w = g.state('a', [4, 3])
    return { y: g.tanh(g.matmul(g.oneHot(g.input('ids', [2, 2]), 4), w)), wrt: [w], feeds: { ids: Float64Array.of(2, 0, 3, 2) } }
  }],
  ['stop', () => {
    const x = a()
    return { y: g.mul(g.stopGradient(g.mul(g.zeros([3, 4]), x)), x), wrt: [x] }
  }],
  ['maxOf', () => {
    const x = a()
    return { y: g.sub(x, g.stopGradient(g.mul(g.maxOf(x, [0, 1]), 0))), wrt: [x] }
  }],
] // prettier-ignore

/** Feeds of a case: its own and plain values for the rest. */
function feedsOf({ y, wrt, feeds }: ReturnType<(typeof cases)[number][1]>): Record<string, Float64Array> {
  const named: Record<string, Float64Array> = { k: values(y.shape, 9), row: values([4], 3) }
  for (const w of wrt) named[w.attrs.name!] = values(w.shape, w.attrs.name!.charCodeAt(0))
  return { ...named, ...feeds }
}

describe('gradient rules', () => {
  it.each(cases)('%s: compiled = evaluated, gradient = finite differences', (_, make) => {
    const made = make()
    checkGraph(weigh(made.y), made.wrt, feedsOf(made), { y: made.y })
  })

  it.each(cases)('%s: what is pushed along v is the gradient times v', (_, make) => {
    const made = make()
    const loss = weigh(made.y)
    const along = made.wrt.map((w, i): [Node, Node] => [w, g.input(`v${i}`, w.shape)])
    const feeds: Feeds = {
      ...feedsOf(made),
      ...Object.fromEntries(made.wrt.map((w, i) => [`v${i}`, values(w.shape, 31 + i)])),
    }
    const dots = grad(loss, made.wrt).map((d, i) => g.sum(g.mul(d, along[i]![1])))
    const expected = dots.reduce((s, d) => g.add(s, d))
    const pushed = jvp(along, [loss])[0] ?? g.zeros([])
    const run = runCompiled({ pushed, expected }, feeds)
    expectClose(run.pushed!, run.expected!, 1e-12)
  })

  it.each(cases)('%s: so does the gradient of its gradient', (_, make) => {
    const made = make()
    // Through a curve, so that linear operations have a second derivative as well.
    const loss = weigh(g.add(made.y, g.mul(g.square(made.y), 0.3)))
    const along = grad(loss, made.wrt).map((d, i) => g.sum(g.mul(d, g.input(`v${i}`, d.shape))))
    const directions = made.wrt.map((w, i) => [`v${i}`, values(w.shape, 31 + i)])
    const sum = along.reduce((s, d) => g.add(s, d))
    checkGraph(sum, made.wrt, { ...feedsOf(made), ...(Object.fromEntries(directions) as Feeds) })
  })

  it('covers every rule', () => {
    const covered = new Set(cases.map(([op]) => op))
    expect(Object.keys(gradientRules).filter((op) => !covered.has(op) && op !== 'uniform')).toEqual([])
  })
})
