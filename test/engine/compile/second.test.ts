// Gradients of gradients through loops: products of the Hessian with a vector against finite differences of gradients, on recurrent
// cells, nested loops and random graphs.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import { jvp } from '../../../src-main/engine/compile/jvp.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import { chooseExecutor } from '../../../src-main/engine/run/choose.ts'
import { checkGraph, expectClose, runCompiled, values } from '../check.ts'
import { evaluate } from '../evaluate.ts'
import { grow, choices } from './grow.ts'

const [T, B, I, H] = [3, 2, 2, 3]
const native = chooseExecutor('auto', 1).executor

/** Hessian of `loss` over `wrt` times the inputs v0, v1 ... : one node per weight. */
function hessianVector(loss: Node, wrt: readonly Node[]): Node[] {
  const along = grad(loss, wrt).map((d, i) => g.sum(g.mul(d, g.input(`v${i}`, d.shape))))
  return grad(
    along.reduce((s, d) => g.add(s, d)),
    wrt,
  )
}

/** The product against central differences of the gradient along v; third derivatives too when `deep`. */
function checkSecond(loss: Node, wrt: readonly Node[], given: Record<string, Float64Array>, deep = false) {
  const feeds: Record<string, Float64Array> = { ...given }
  wrt.forEach((w, i) => {
    feeds[w.attrs.name!] ??= values(w.shape, i + 2)
    feeds[`v${i}`] = values(w.shape, i + 40)
  })
  const gradients = grad(loss, wrt)
  const products = hessianVector(loss, wrt)
  const outputs = Object.fromEntries(products.map((p, i) => [`p${i}`, p]))
  const compiled = runCompiled(outputs, feeds)
  evaluate(products, feeds).forEach((p, i) => expectClose(compiled[`p${i}`]!, p, 1e-9, `evaluated ${i}`))
  // Forward over reverse gives the same product.
  const along = wrt.map((n, i): [Node, Node] => [n, g.input(`v${i}`, n.shape)])
  const pushed = jvp(along, gradients).map((p, i) => p ?? g.zeros(wrt[i]!.shape))
  const other = runCompiled(Object.fromEntries(pushed.map((p, i) => [`p${i}`, p])), feeds)
  for (const name in other) expectClose(other[name]!, compiled[name]!, 1e-9, `pushed ${name}`)
  const at = (delta: number) => {
    const moved = wrt.map((w, i) => [
      w.attrs.name!,
      feeds[w.attrs.name!]!.map((x, k) => x + delta * feeds[`v${i}`]![k]!),
    ])
    return evaluate(gradients, { ...feeds, ...(Object.fromEntries(moved) as typeof feeds) })
  }
  const [up, down] = [at(1e-5), at(-1e-5)]
  products.forEach((_, i) =>
    expectClose(
      compiled[`p${i}`]!,
      up[i]!.map((u, k) => (u - down[i]![k]!) / 2e-5),
      2e-6,
      `H v ${i}`,
    ),
  )
  if (native.id === 'native') {
    const executable = native.load(compile({ outputs }))
    for (const [name, slot] of executable.program.slots)
      if (slot.kind !== 'output') executable.write(name, feeds[name]!)
    executable.run({ seed: [1, 2], step: 3 })
    for (const name in outputs) expectClose(executable.read(name), compiled[name]!, 2e-5, `native ${name}`)
  }
  if (deep)
    checkGraph(
      products.map((p) => g.sum(g.square(p))).reduce((s, p) => g.add(s, p)),
      [...wrt],
      feeds,
    )
}

const w = (name: string, shape: number[]) => g.state(name, shape)
const x = () => g.input('x', [T, B, I])

function lstm(xs: Node, reverse = false) {
  const [wx, wh, b] = [w('wx', [4 * H, I]), w('wh', [4 * H, H]), w('b', [4 * H])]
  const init = [w('h0', [B, H]), w('c0', [B, H])]
  const r = scan({ xs: [xs], init, reverse }, ([xt], [h, c]) => {
    const [i, f, a, o] = g.split(g.add(g.linear(xt!, wx), b, g.linear(h!, wh)), 4)
    const cn = g.add(g.mul(g.sigmoid(f!), c!), g.mul(g.sigmoid(i!), g.tanh(a!)))
    const hn = g.mul(g.sigmoid(o!), g.tanh(cn))
    return { state: [hn, cn], ys: [hn] }
  })
  return { ...r, wrt: [wx, wh, b, ...init] }
}

function gru(xs: Node) {
  const [wx, wh, b] = [w('wx', [3 * H, xs.shape[2]!]), w('wh', [3 * H, H]), w('b', [3 * H])]
  const r = scan({ xs: [xs], init: [g.zeros([B, H])] }, ([xt], [h]) => {
    const [zi, ri, ni] = g.split(g.add(g.linear(xt!, wx), b), 3)
    const [zh, rh, nh] = g.split(g.linear(h!, wh), 3)
    const z = g.sigmoid(g.add(zi!, zh!))
    const n = g.tanh(g.add(ni!, g.mul(g.sigmoid(g.add(ri!, rh!)), nh!)))
    const next = g.add(g.mul(g.sub(1, z), n), g.mul(z, h!))
    return { state: [next], ys: [next] }
  })
  return { ...r, wrt: [wx, wh, b] }
}

describe('gradients of gradients', () => {
  it('through an LSTM, its first states and its symbols, in both directions of time', () => {
    for (const reverse of [false, true]) {
      const { ys, state, wrt } = lstm(x(), reverse)
      const out = w('out', [4, H])
      const loss = g.add(
        g.mean(g.crossEntropy(g.linear(ys[0]!, out), g.input('ids', [T, B]))),
        g.sum(g.square(state[1]!)),
      )
      checkSecond(loss, [...wrt, out], { x: values([T, B, I], 3), ids: Float64Array.of(0, 3, 1, -1, 2, 2) })
    }
  })

  it('through a GRU over an embedding, up to the third derivative', () => {
    const table = w('table', [4, I])
    const { ys, wrt } = gru(g.gather(table, g.input('ids', [T, B])))
    checkSecond(g.sum(g.square(ys[0]!)), [table, ...wrt], { ids: Float64Array.of(0, 3, 1, -1, 2, 2) }, true)
  })

  it('through two layers, the upper one reading the lower one backwards', () => {
    const low = gru(x())
    const wh = w('u', [H, H])
    const high = scan({ xs: [low.ys[0]!], init: [g.zeros([B, H])], reverse: true }, ([xt], [h]) => {
      const n = g.tanh(g.add(xt!, g.linear(h!, wh)))
      return { state: [n], ys: [n, h!] }
    })
    const loss = g.add(g.sum(g.mul(high.ys[0]!, low.ys[0]!)), g.sum(g.mul(high.ys[1]!, high.state[0]!)))
    checkSecond(loss, [...low.wrt, wh], { x: values([T, B, I], 3) })
  })

  it('through a loop in a loop', () => {
    const xs = g.input('x', [2, 3, B, I])
    const [wh, h0] = [w('wh', [I, I]), w('h0', [B, I])]
    const outer = scan({ xs: [xs], init: [h0] }, ([window], [h]) => {
      const inner = scan({ xs: [window!], init: [h!] }, ([xt], [s]) => {
        const n = g.tanh(g.add(g.linear(xt!, wh), g.mul(g.linear(s!, wh), h!)))
        return { state: [n], ys: [g.sigmoid(n)] }
      })
      return { state: [inner.state[0]!], ys: [g.sum(g.square(inner.ys[0]!), [0])] }
    })
    checkSecond(g.sum(g.mul(outer.ys[0]!, outer.ys[0]!)), [wh, h0], { x: values([2, 3, B, I], 5) }, true)
  })

  it('through weights that learn inside a loop, delay lines and swapped states', () => {
    const [w0, a] = [w('w', [I, I]), w('a', [B, I])]
    const r = scan({ xs: [x()], init: [w0, a, g.zeros([B, I])] }, ([xt], [fast, p, q]) => {
      const e = g.tanh(g.linear(xt!, fast!))
      return {
        state: [g.sub(fast!, g.mul(0.1, g.matmul(g.transpose(e), xt!))), q!, g.add(p!, g.mul(e, q!))],
        ys: [e],
      }
    })
    const loss = g.add(g.sum(g.square(r.state[0]!)), g.sum(g.exp(r.state[1]!)), g.sum(g.mul(r.ys[0]!, 0.5)))
    checkSecond(loss, [w0, a], { x: values([T, B, I], 3) }, true)
  })

  it('through what does not change with the step', () => {
    const alpha = w('alpha', [I])
    const r = scan({ xs: [x()], init: [g.zeros([B, I])] }, ([xt], [h]) => {
      const a = g.sigmoid(alpha)
      const n = g.add(g.mul(a, h!), g.mul(g.sub(1, a), g.tanh(xt!)))
      return { state: [n], ys: [n, a] }
    })
    checkSecond(g.add(g.sum(g.square(r.ys[0]!)), g.sum(g.square(r.ys[1]!))), [alpha], {
      x: values([T, B, I], 3),
    })
  })

  it('through random graphs with a loop', () => {
    fc.assert(
      fc.property(choices, choices, fc.boolean(), (inside, after, reverse) => {
        const [b, h] = [2, 4]
        const weights = [w('w', [h, h]), w('u', [h, h])]
        const s = w('s', [b, h])
        const xs = g.input('x', [3, b, h])
        const scanned = scan({ xs: [xs], init: [s, g.zeros([b, h])], reverse }, ([xt], [p, q]) => {
          const pool = grow([xt!, p!, q!, s], weights, inside)
          return {
            state: [pool[pool.length - 1]!, pool[pool.length - 2]!],
            ys: [pool[Math.floor(pool.length / 2)]!, p!],
          }
        })
        const pool = grow([...scanned.state, g.sum(scanned.ys[0]!, [0])], weights, after)
        const loss = g.mean(g.add(g.square(pool[pool.length - 1]!), g.tanh(g.sum(scanned.ys[1]!, [0]))))
        const feeds = {
          x: values([3, b, h], 2),
          s: values([b, h], 3),
          w: values([h, h], 4),
          u: values([h, h], 5),
        }
        const wrt = [...weights, s]
        const products = hessianVector(loss, wrt)
        const all = { ...feeds, ...Object.fromEntries(wrt.map((n, i) => [`v${i}`, values(n.shape, 40 + i)])) }
        const compiled = runCompiled(Object.fromEntries(products.map((p, i) => [`p${i}`, p])), all)
        evaluate(products, all).forEach((p, i) => expectClose(compiled[`p${i}`]!, p, 1e-8, `p${i}`))
        const along = wrt.map((n, i): [Node, Node] => [n, g.input(`v${i}`, n.shape)])
        jvp(along, grad(loss, wrt)).forEach((p, i) => {
          if (p) expectClose(runCompiled({ p }, all).p!, compiled[`p${i}`]!, 1e-8, `pushed ${i}`)
          else expect(Math.max(...compiled[`p${i}`]!.map(Math.abs))).toBe(0)
        })
        // Kinks (max, relu, select) have no second derivative at a switch: symmetric products v H u = u H v hold everywhere else.
        const turned = evaluate(products, {
          ...all,
          ...Object.fromEntries(wrt.map((n, i) => [`v${i}`, values(n.shape, 60 + i)])),
        })
        const dot = (p: readonly ArrayLike<number>[], salt: number) =>
          wrt.reduce((t, n, i) => t + values(n.shape, salt + i).reduce((u, v, k) => u + v * p[i]![k]!, 0), 0)
        const [one, two] = [dot(Object.values(compiled), 60), dot(turned, 40)]
        expect(Math.abs(one - two)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(one)))
      }),
      { numRuns: 120, seed: 20260102 },
    )
  })
})
