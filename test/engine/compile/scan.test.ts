// Scans: derived, hoisted and placed programs against the plain evaluation and finite differences.
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import type { Instruction } from '../../../src-main/engine/compile/program.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { checkGraph, expectClose, runCompiled, values } from '../check.ts'

const [T, B, I, H] = [4, 2, 3, 3]
const counter = { seed: [1, 2] as const, step: 0 }

function lstm(x: Node, h0: Node, c0: Node, suffix = '') {
  const inputs = x.shape[2]!
  const w = [
    g.state(`wx${suffix}`, [4 * H, inputs]),
    g.state(`wh${suffix}`, [4 * H, H]),
    g.state(`b${suffix}`, [4 * H]),
    g.state(`bh${suffix}`, [4 * H]),
  ]
  const r = scan({ xs: [x], init: [h0, c0] }, ([xt], [h, c]) => {
    const z = g.add(g.linear(xt!, w[0]!), w[2]!, g.linear(h!, w[1]!), w[3]!)
    const [i, f, gg, o] = g.split(z, 4)
    const cn = g.add(g.mul(g.sigmoid(f!), c!), g.mul(g.sigmoid(i!), g.tanh(gg!)))
    const hn = g.mul(g.sigmoid(o!), g.tanh(cn))
    return { state: [hn, cn], ys: [hn, g.sigmoid(f!)] }
  })
  return { ...r, w }
}
const feed = (nodes: readonly Node[]) =>
  Object.fromEntries(nodes.map((n, i) => [n.attrs.name!, values(n.shape, i + 2)]))
const x = () => g.input('x', [T, B, I])
const zero = () => g.zeros([B, H])
const loops = (code: readonly Instruction[]): Instruction[] => code.filter((c) => c.kernel === 'loop')

describe('scan', () => {
  it('derives and compiles an LSTM, with its states as inputs', () => {
    const [xs, h0, c0] = [x(), g.state('h0', [B, H]), g.state('c0', [B, H])]
    const { ys, state, w } = lstm(xs, h0, c0)
    const loss = g.add(g.sum(g.mul(ys[0]!, g.input('k', [T, B, H]))), g.sum(g.square(state[1]!)))
    checkGraph(
      loss,
      [...w, h0, c0],
      { ...feed([...w, h0, c0, xs]), k: values([T, B, H], 11) },
      { hs: ys[0]!, f: ys[1]!, hn: state[0]!, cn: state[1]! },
    )
  })

  it('derives stacked layers through the sequence between them, and one-hot inputs become look-ups', () => {
    const ids = g.input('ids', [T, B])
    const one = lstm(g.oneHot(ids, 5), zero(), zero(), '1')
    const two = lstm(one.ys[0]!, zero(), zero(), '2')
    const loss = g.mean(g.crossEntropy(g.linear(two.ys[0]!, g.state('wo', [5, H])), g.input('to', [T, B])))
    const weights = [...one.w, ...two.w]
    const data = {
      ids: Float64Array.of(0, 1, 2, 3, 4, 0, 1, 1),
      to: Float64Array.of(1, 2, 3, 4, -1, 0, 2, 2),
      wo: values([5, H], 40),
    }
    checkGraph(loss, weights, { ...feed(weights), ...data })
    const { code } = compile({
      outputs: { loss, ...Object.fromEntries(grad(loss, weights).map((d, i) => [`d${i}`, d])) },
    })
    const kernels = code.flatMap((c) => (c.kernel === 'loop' ? c.body : [c])).map((c) => c.kernel)
    expect(kernels).toContain('gather')
    expect(kernels).toContain('scatterAdd')
    expect(kernels).not.toContain('oneHot')
  })

  it('moves input products and weight gradients out of the loops', () => {
    const xs = x()
    const { ys, w } = lstm(xs, zero(), zero())
    const loss = g.sum(g.square(ys[0]!))
    const program = compile({ outputs: Object.fromEntries(grad(loss, w).map((d, i) => [`d${i}`, d])) })
    const [forward, backward] = loops(program.code) as Extract<Instruction, { kernel: 'loop' }>[]
    expect(forward!.body.filter((c) => c.kernel === 'gemm')).toHaveLength(1)
    expect(forward!.body).toHaveLength(2)
    expect(backward!.body.filter((c) => c.kernel === 'gemm')).toHaveLength(1)
    expect(backward!.reverse).toBe(true)
  })

  it('runs backwards in time', () => {
    const [xs, wh] = [x(), g.state('wh', [H, H])]
    const r = scan({ xs: [xs], init: [g.state('h0', [B, H])], reverse: true }, ([xt], [h]) => {
      const n = g.tanh(g.add(xt!, g.linear(h!, wh)))
      return { state: [n], ys: [n, h!] }
    })
    const loss = g.add(g.sum(g.mul(r.ys[0]!, g.input('k', [T, B, H]))), g.sum(g.mul(r.ys[1]!, r.state[0]!)))
    const h0 = scanStateNode(r.node)
    checkGraph(
      loss,
      [wh, h0],
      { x: values([T, B, I], 5), wh: values([H, H], 6), h0: values([B, H], 7), k: values([T, B, H], 8) },
      { s: r.state[0]!, before: r.ys[1]! },
    )
  })

  it('carries delay lines and swaps without losing the old value', () => {
    const xs = x()
    const [a, b] = [g.state('a', [B, I]), g.state('b', [B, I])]
    const r = scan({ xs: [xs], init: [a, b] }, ([xt], [p, q]) => ({
      state: [q!, g.add(p!, g.mul(xt!, q!))],
      ys: [p!],
    }))
    const loss = g.add(g.sum(g.square(r.state[0]!)), g.sum(g.mul(r.state[1]!, r.ys[0]!)))
    checkGraph(
      loss,
      [a, b],
      { x: values([T, B, I], 5), a: values([B, I], 2), b: values([B, I], 3) },
      { p: r.state[0]!, q: r.state[1]!, ys: r.ys[0]! },
    )
  })

  it('adds up gradients that no product explains', () => {
    const [xs, alpha] = [x(), g.state('alpha', [I])]
    const r = scan({ xs: [xs], init: [g.zeros([B, I])] }, ([xt], [h]) => {
      const a = g.sigmoid(alpha)
      const n = g.add(g.mul(a, h!), g.mul(g.sub(1, a), g.tanh(xt!)))
      return { state: [n], ys: [n] }
    })
    checkGraph(g.sum(g.mul(r.ys[0]!, r.ys[0]!)), [alpha], { x: values([T, B, I], 5), alpha: values([I], 4) })
  })

  it('nests: a scan in a step', () => {
    const xs = g.input('x', [3, 2, B, I])
    const wh = g.state('wh', [I, I])
    const outer = scan({ xs: [xs], init: [g.state('h0', [B, I])] }, ([window], [h]) => {
      const inner = scan({ xs: [window!], init: [h!] }, ([xt], [s]) => {
        const n = g.tanh(g.add(g.linear(xt!, wh), g.mul(g.linear(s!, wh), h!)))
        return { state: [n], ys: [n] }
      })
      return { state: [inner.state[0]!], ys: [g.sum(inner.ys[0]!, [0])] }
    })
    const loss = g.sum(g.mul(outer.ys[0]!, outer.ys[0]!))
    checkGraph(loss, [wh, scanStateNode(outer.node)], {
      x: values([3, 2, B, I], 5),
      wh: values([I, I], 6),
      h0: values([B, I], 7),
    })
  })

  it('carries weights: learning inside a loop', () => {
    const xs = x()
    const w0 = g.state('w', [I, I])
    const r = scan({ xs: [xs], init: [w0] }, ([xt], [w]) => {
      const e = g.tanh(g.linear(xt!, w!))
      return { state: [g.sub(w!, g.mul(0.1, g.matmul(g.transpose(e), xt!)))], ys: [e] }
    })
    checkGraph(
      g.sum(g.square(r.state[0]!)),
      [w0],
      { x: values([T, B, I], 5), w: values([I, I], 3) },
      { e: r.ys[0]! },
    )
  })

  it('computes what does not change with the step once, and repeats it', () => {
    const [xs, w] = [x(), g.state('w', [I])]
    const r = scan({ xs: [xs], init: [g.zeros([B, I])] }, ([xt], [h]) => ({
      state: [g.add(h!, xt!)],
      ys: [g.exp(w), g.mul(xt!, 2)],
    }))
    checkGraph(
      g.add(g.sum(r.ys[0]!), g.sum(r.state[0]!), g.sum(r.ys[1]!)),
      [w],
      { x: values([T, B, I], 5), w: values([I], 3) },
      { e: r.ys[0]!, d: r.ys[1]! },
    )
  })

  it('draws the same numbers for a product that leaves the loop and for what stays in it', () => {
    const [xs, w] = [x(), g.state('w', [H, I])]
    const { ys } = scan({ xs: [xs], init: [zero()] }, ([xt], [h]) => {
      const masked = g.mul(xt!, g.ge(g.uniformLike(xt!, 9), 0.5))
      const z = g.linear(masked, w)
      return { state: [g.tanh(g.add(z, h!))], ys: [masked, z, h!] }
    })
    const outputs = { masked: ys[0]!, z: ys[1]!, h: ys[2]!, product: g.linear(ys[0]!, w) }
    const feeds = { x: values([T, B, I], 5), w: values([H, I], 4) }
    const got = runCompiled(outputs, feeds)
    expectClose(got.z!, got.product!, 1e-12)
    expect(new Set(got.masked!.map((v) => v === 0)).size).toBe(2)
    // The next step sees it too: h_1 = tanh z_0.
    expectClose(got.h!.slice(B * H, 2 * B * H), got.product!.slice(0, B * H).map(Math.tanh), 1e-12)
  })

  it('refuses states that change their shape', () => {
    expect(() => scan({ xs: [x()], init: [g.zeros([B, 2])] }, ([xt]) => ({ state: [xt!], ys: [] }))).toThrow(
      /state 0/,
    )
    expect(() => scan({ xs: [x(), g.input('y', [9, 1])], init: [] }, () => ({ state: [], ys: [] }))).toThrow(
      /length 4/,
    )
  })
})

const scanStateNode = (node: Node): Node =>
  node.inputs.find((n) => n.op === 'state' && n.attrs.name === 'h0')!

describe('updates', () => {
  const sgd = () => {
    const [xs, y] = [g.input('x', [B, I]), g.input('y', [B, H])]
    const w = g.state('w', [H, I])
    const m = g.state('m', [H, I])
    const loss = g.sum(g.square(g.sub(g.tanh(g.linear(xs, w)), y)))
    const [d] = grad(loss, [w])
    const m2 = g.add(g.mul(m, 0.9), d!)
    return {
      loss,
      w,
      m,
      updates: [
        [w, g.sub(w, g.mul(m2, 0.1))],
        [m, m2],
      ] as const,
    }
  }

  it('writes states at the end, from their old values', () => {
    const { loss, updates } = sgd()
    const executable = referenceExecutor().load(compile({ outputs: { loss }, updates }))
    const feeds = { x: values([B, I], 1), y: values([B, H], 2), w: values([H, I], 3), m: values([H, I], 4) }
    for (const [name, v] of Object.entries(feeds)) executable.write(name, v)
    const first: number[] = []
    for (let step = 0; step < 60; step++) {
      executable.run(counter)
      first.push(executable.scalar('loss'))
    }
    expect(first[59]!).toBeLessThan(first[0]! / 5)
  })

  it('swaps two states', () => {
    const [p, q] = [g.state('p', [5]), g.state('q', [5])]
    const executable = referenceExecutor().load(
      compile({
        outputs: { p0: p },
        updates: [
          [p, q],
          [q, g.neg(p)],
        ],
      }),
    )
    executable.write('p', [1, 2, 3, 4, 5])
    executable.write('q', [6, 7, 8, 9, 10])
    executable.run(counter)
    expectClose(executable.read('p'), [6, 7, 8, 9, 10])
    expectClose(executable.read('q'), [-1, -2, -3, -4, -5])
    expectClose(executable.read('p0'), [1, 2, 3, 4, 5])
  })

  it('leaves every state as it was when a loop is cancelled', () => {
    const xs = x()
    const { ys, w } = lstm(xs, zero(), zero())
    const loss = g.sum(g.square(ys[0]!))
    const gradients = grad(loss, w)
    // An update that does not depend on the loop would like to be written before it.
    const counterState = g.state('n', [])
    const updates = [
      ...w.map((p, i) => [p, g.sub(p, gradients[i]!)] as const),
      [counterState, g.add(counterState, 1)] as const,
    ]
    const executable = referenceExecutor().load(compile({ outputs: { loss }, updates }))
    for (const [name, v] of Object.entries({ ...feed([...w, xs]), n: [7] })) executable.write(name, v)
    const before = [...w.map((p) => executable.read(p.attrs.name!)), executable.read('n')]
    expect(executable.run({ ...counter, cancel: Int32Array.of(1) })).toBe(false)
    const after = [...w.map((p) => executable.read(p.attrs.name!)), executable.read('n')]
    expect(after).toEqual(before)
    expect(executable.run({ ...counter, cancel: Int32Array.of(0) })).toBe(true)
    expect(executable.scalar('n')).toBe(8)
  })

  it('refuses two different leaves of one name, and updates of what is no state', () => {
    expect(() => compile({ outputs: { y: g.concat([g.input('x', [2]), g.input('x', [3])], 0) } })).toThrow(
      /x is used twice/,
    )
    expect(() => compile({ outputs: {}, updates: [[g.input('x', [2]), g.zeros([2])]] })).toThrow(
      /not a state/,
    )
  })
})
