// Options of a trace held to the trace without them: all layers in one loop, perturbations.
import { describe, expect, it } from 'vitest'
import { layerKey } from '../../src-main/contract/layerPath.ts'
import { cellById } from '../../src-main/engine/cells/index.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { constant, input, square, sum, add } from '../../src-main/engine/graph/ops.ts'
import { outputsOf, type SequenceTraceOptions } from '../../src-main/engine/nn/trace.ts'
import { checkGraph, expectClose } from './check.ts'
import { evaluate } from './evaluate.ts'
import { batch, inputs, outputs, range, setUp, ordinary } from './wrapped.ts'

describe('all layers in one loop', () => {
  it.each(ordinary)('%s: is the same as layer by layer', (cell) => {
    const s = setUp({ cell, hidden: 3, layers: 2, residual: true, hiddenReadout: 2 }, 4)
    const own: SequenceTraceOptions['own'] = {
      truth: constant(1, [4, batch, 1]),
      pick: (logits) => add(constant(0, [batch, inputs]), sum(logits)),
    }
    const [layered, together] = [s.trace({ watch: () => true }), s.trace({ watch: () => true, own })]
    const seen = ({ final, signals }: typeof layered): Node[] => [
      ...final,
      ...[...signals.keys()].sort().map((id) => signals.get(id)!),
    ]
    const all = (trace: typeof layered) => [
      outputsOf(s.network, s.weights, trace),
      trace.features,
      ...seen(trace),
    ]
    const expected = evaluate(all(layered), s.feeds)
    evaluate(all(together), s.feeds).forEach((found, i) => expectClose(found, expected[i]!, 1e-12))
  })

  it('reads what `pick` makes of its outputs where the truth is not taken', () => {
    const s = setUp({ cell: 'rnn', hidden: 3 }, 5)
    const truth = input('truth', [5, batch, 1])
    const pick = (logits: Node) => add(constant(0, [batch, inputs]), sum(logits))
    const trace = s.trace({ own: { truth, pick } })
    const takes = [1, 1, 0, 0, 0, 1, 1, 0, 1, 1]
    const [y, h] = evaluate([outputsOf(s.network, s.weights, trace), trace.features], {
      ...s.feeds,
      truth: Float64Array.from(takes),
    })
    // The true run whose inputs are what was read.
    const x = s.feeds.x!.map((v, i) => {
      const row = Math.floor(i / inputs)
      const t = Math.floor(row / batch)
      if (takes[row] === 1) return v
      return t === 0 ? 0 : y!.slice((t - 1) * batch * outputs, t * batch * outputs).reduce((a, b) => a + b, 0)
    })
    const [expected] = evaluate([s.trace().features], { ...s.feeds, x })
    expectClose(h!, expected!, 1e-12)
  })
})

describe('perturbations', () => {
  it.each([
    ...['lstm', 'gru', 'qrnn', 'hm-lstm'].map((cell) => ({ cell, bidirectional: false })),
    { cell: 'rnn', bidirectional: true },
  ])('$cell, bidirectional $bidirectional: the gradient by one is dL/dh_t', ({ cell, bidirectional }) => {
    const s = setUp({ cell, hidden: 3, layers: 2, bidirectional }, 4)
    const trace = s.trace({ perturb: (scan, shape) => input(layerKey(scan), shape) })
    const added = [...trace.perturbations.values()]
    expect([...trace.perturbations.keys()]).toEqual(
      bidirectional
        ? ['layers.0', 'layers.0.reverse', 'layers.1', 'layers.1.reverse']
        : ['layers.0', 'layers.1'],
    )
    const loss = sum(square(outputsOf(s.network, s.weights, trace)))
    const zeros = Object.fromEntries(
      added.map((n) => [n.attrs.name!, new Float64Array(4 * batch * n.shape[2]!)]),
    )
    // Of zero size it changes nothing; its gradient is that of finite differences.
    const plain = evaluate([outputsOf(s.network, s.weights, s.trace())], s.feeds)[0]!
    expectClose(
      evaluate([outputsOf(s.network, s.weights, trace)], { ...s.feeds, ...zeros })[0]!,
      plain,
      1e-12,
    )
    checkGraph(loss, added, { ...s.feeds, ...zeros })
    // At the last step of the top layer nothing but the readout reads h.
    if (bidirectional || cellById(cell).coupled) return
    const [g] = evaluate([grad(loss, [added[1]!])[0]!], { ...s.feeds, ...zeros })
    const y = plain.slice(-batch * outputs)
    const direct = range(batch).flatMap((b) =>
      range(3).map((k) =>
        range(outputs).reduce((d, o) => d + 2 * y[b * outputs + o]! * s.feeds['readout.w']![o * 3 + k]!, 0),
      ),
    )
    expectClose(g!.slice(-batch * 3), direct, 1e-11)
  })
})
