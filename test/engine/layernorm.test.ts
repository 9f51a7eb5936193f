// Layer-norm LSTM: symbols are normalised once each, wide inputs before the loop, others inside it; that must not show.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import { input, mul, oneHot, sum, type Value } from '../../src-main/engine/graph/ops.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { checkGraph, expectClose, runCompiled, values } from './check.ts'

const [steps, batch, hidden] = [4, 3, 2]

function traced(symbols: number, x: Node, kind: 'onehot' | 'embedding' | 'dense') {
  const dense = kind === 'dense'
  const form = dense ? {} : kind === 'onehot' ? { input: kind } : { input: kind, embedding: 3 }
  const config = parseConfig({ seed: 1, model: { cell: 'layernorm-lstm', hidden, ...form } }) as RunConfig
  const sizes = { symbols: dense ? 0 : symbols, dense: dense ? symbols : 0, outputs: 1, outputBias: false }
  const network = networkOf(config.model, sizes, config.regularization)
  const weights = weightNodes(network)
  const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [batch, size]))
  const { features: top } = traceNetwork(network, weights, x, init)
  const own = [...weights].filter(([name]) => /^(layers|embedding)/.test(name))
  const feeds = Object.fromEntries(
    [...own.map(([, n]) => n), ...init].map((n, i) => [n.attrs.name!, values(n.shape, i + 1)]),
  )
  // Every value of h counts differently.
  const loss = sum(mul(top, weigh(top.shape)))
  return { loss, wrt: own.map(([, node]) => node), names: own.map(([name]) => name), feeds }
}
const weigh = (shape: readonly number[]): Value => input('k', shape)

const idsOf = (symbols: number) =>
  Float64Array.from({ length: steps * batch }, (_, i) => (i * 5 + 1) % symbols)

describe('layer-norm LSTM', () => {
  // 8 is as wide as the four gates, 13 are more symbols than there are places.
  it.each([5, 8, 13])('of %i symbols is that of their one-hot rows, with its gradients', (symbols) => {
    const ids = input('ids', [steps, batch])
    const rows = mul(oneHot(ids, symbols), 1)
    const feeds = { ids: idsOf(symbols), k: values([steps, batch, hidden], 9) }
    const [a, b] = [traced(symbols, ids, 'onehot'), traced(symbols, rows, 'dense')].map((t) => {
      const gradients = grad(t.loss, t.wrt)
      const outputs = {
        loss: t.loss,
        ...Object.fromEntries(t.names.map((n, i) => [`d ${n}`, gradients[i]!])),
      }
      return runCompiled(outputs, { ...t.feeds, ...feeds })
    }) as [Record<string, number[]>, Record<string, number[]>]
    for (const name of Object.keys(b)) expectClose(a[name]!, b[name]!, 1e-9, name)
    expect(Math.max(...a['d layers.0.w_ih']!.map(Math.abs))).toBeGreaterThan(1e-4)
  })

  it('of embedded symbols has the gradients of finite differences', () => {
    const { loss, wrt, feeds } = traced(5, input('ids', [steps, batch]), 'embedding')
    checkGraph(loss, wrt, { ...feeds, ids: idsOf(5), k: values([steps, batch, hidden], 9) })
  })

  it.each([5, 8])('of %i numbers has the gradients of finite differences', (size) => {
    const x = input('x', [steps, batch, size])
    const { loss, wrt, feeds } = traced(size, x, 'dense')
    const all = { ...feeds, x: values([steps, batch, size], 7), k: values([steps, batch, hidden], 9) }
    checkGraph(loss, wrt, all)
  })

  it('normalises symbols outside the loop', () => {
    const { loss, wrt } = traced(5, input('ids', [steps, batch]), 'onehot')
    const gradients = grad(loss, wrt)
    const { code } = compile({ outputs: { loss, d: gradients[0]! } })
    const loops = code.flatMap((c) => (c.kernel === 'loop' ? [c.body] : []))
    expect(loops).toHaveLength(2)
    // The mean and the variance of the sums of h, and of c.
    const sums = loops[0]!.filter((c) => c.kernel === 'sum' || c.kernel === 'dot')
    expect(sums).toHaveLength(4)
  })
})
