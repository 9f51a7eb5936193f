// What is put around cells, held to the cells alone: both directions, windows of subsampling, sizes, head, padding, all layers in one
// loop, perturbations.
import { describe, expect, it } from 'vitest'
import type { ModelConfig, RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { layerKey } from '../../src-main/contract/layerPath.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cellById, cells } from '../../src-main/engine/cells/index.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { concat, constant, input, square, sum, add } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { outputsOf, traceNetwork, type SequenceTraceOptions } from '../../src-main/engine/nn/trace.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { checkGraph, expectClose, values } from './check.ts'
import { evaluate } from './evaluate.ts'

const [batch, inputs, outputs] = [2, 3, 2]
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
type Given = NonNullable<RunConfigInput['model']>
type Feeds = Record<string, Float64Array>

const modelOf = (model: Given): ModelConfig => (parseConfig({ seed: 1, model }) as RunConfig).model

/** A network over dense inputs, and values for all that it reads. */
function setUp(model: Given, steps: number, size = batch, width = inputs) {
  const network = networkOf(modelOf(model), { symbols: 0, dense: width, outputs, outputBias: true })
  const weights = weightNodes(network)
  const x = input('x', [steps, size, width])
  const init = stateShapes(network).map(({ name, size: n }) => input(`from ${name}`, [size, n]))
  const feeds: Feeds = {}
  ;[...weights.values(), x, ...init].forEach(({ attrs, shape }, i) => {
    const start = values(shape, i + 1)
    const statistic = network.weights.get(attrs.name!)?.role === 'buffer'
    feeds[attrs.name!] = statistic ? start.map((v) => Math.abs(v) + 0.3) : start
  })
  // Steps are counted from the start of a sequence.
  for (const { attrs } of init) if (/\.[tz]$/.test(attrs.name!)) feeds[attrs.name!]!.fill(0)
  return { network, weights, x, init, feeds, trace: (look: SequenceTraceOptions = {}) => traceNetwork(network, weights, x, init, look) } // prettier-ignore
}

/** Rows t of (T, B, n), others left out; and the columns from..to of each. */
const columns = (all: ArrayLike<number>, width: number, from: number, to: number) =>
  range(all.length / width).flatMap((r) => Array.from(all).slice(r * width + from, r * width + to))
/** (T, B, n) with its steps in another order; -1: zeros. */
const steps = (all: ArrayLike<number>, size: number, order: readonly number[]) =>
  Float64Array.from(order.flatMap((t) => (t < 0 ? range(size).map(() => 0) : Array.from(all).slice(t * size, (t + 1) * size)))) // prettier-ignore

/** One layer of a cell run alone: h (T, B, H). `own` finds the values of its weights; states start at `from`, or zeros. */
function alone(cell: string, hidden: number, x: Float64Array, width: number, own: (name: string) => Float64Array, from?: (name: string) => Float64Array): Float64Array {
  const length = x.length / batch / width
  const s = setUp({ cell, hidden }, length, batch, width)
  const feeds: Feeds = { ...s.feeds, x }
  for (const name of s.weights.keys()) if (name.startsWith('layers.0.')) feeds[name] = own(name.slice(9))
  for (const { name } of stateShapes(s.network)) {
    const zeros = new Float64Array(s.feeds[`from ${name}`]!.length)
    feeds[`from ${name}`] = from?.(name.slice(2)) ?? zeros
  }
  return evaluate([s.trace().features], feeds)[0]!
} // prettier-ignore

const forwardOnly = cells.filter((c) => c.coupled || c.outputFeedback).map((c) => c.id)
const ordinary = cells.map((c) => c.id).filter((id) => !forwardOnly.includes(id))

describe('bidirectional', () => {
  it.each(ordinary)('%s is two runs side by side, the second from the end', (cell) => {
    const [length, hidden] = [5, 4]
    const s = setUp({ cell, hidden, bidirectional: true }, length)
    const [top] = evaluate([s.trace().features], s.feeds)
    const back = range(length).toReversed()
    const own = (prefix: string) => (name: string) => s.feeds[`layers.0.${prefix}${name}`]!
    const forward = alone(cell, hidden, s.feeds.x!, inputs, own(''), (name) => s.feeds[`from 0.${name}`]!)
    const reverse = alone(cell, hidden, steps(s.feeds.x!, batch * inputs, back), inputs, own('reverse.'))
    expectClose(columns(top!, 2 * hidden, 0, hidden), forward, 1e-12)
    expectClose(columns(top!, 2 * hidden, hidden, 2 * hidden), steps(reverse, batch * hidden, back), 1e-12)
  })

  it('stacks: each layer reads both directions of the one below, 40/30/20/10 with a head', () => {
    const sizes = [40, 30, 20, 10]
    const length = 4
    const s = setUp({ cell: 'gru', layers: sizes.join('/'), bidirectional: true, hiddenReadout: 6 }, length)
    expect(s.network.layers.map(({ input: i, hidden, outputSize }) => [i, hidden, outputSize])).toEqual([
      [3, 40, 80],
      [80, 30, 60],
      [60, 20, 40],
      [40, 10, 20],
    ])
    expect([s.network.features, s.feeds['head.w']!.length, s.feeds['readout.w']!.length]).toEqual([
      6, 120, 12,
    ])
    const trace = s.trace({ watch: () => true })
    const both = concat([trace.signals.get('3.h')!, trace.signals.get('3.reverse.h')!], 2)
    const [top, y, h] = evaluate([trace.features, outputsOf(s.network, s.weights, trace), both], s.feeds)
    const back = range(length).toReversed()
    let below = s.feeds.x!
    let width = inputs
    sizes.forEach((hidden, l) => {
      const own = (prefix: string) => (name: string) => s.feeds[`layers.${l}.${prefix}${name}`]!
      const first = (name: string) => s.feeds[`from ${l}.${name}`]!
      const ahead = alone('gru', hidden, below, width, own(''), first)
      const reverse = alone('gru', hidden, steps(below, batch * width, back), width, own('reverse.'))
      const turned = steps(reverse, batch * hidden, back)
      below = Float64Array.from(range(length * batch).flatMap((r) => [...ahead.slice(r * hidden, (r + 1) * hidden), ...turned.slice(r * hidden, (r + 1) * hidden)])) // prettier-ignore
      width = 2 * hidden
    })
    expectClose(h!, below, 1e-11)
    const dense = (name: string, rows: number, of: ArrayLike<number>, r: number) => range(rows).map((k) => s.feeds[`${name}.b`]![k]! + range(of.length / length / batch).reduce((sum, i, _, all) => sum + s.feeds[`${name}.w`]![k * all.length + i]! * of[r * all.length + i]!, 0)) // prettier-ignore
    const head = range(length * batch).flatMap((r) => dense('head', 6, below, r).map(Math.tanh))
    expectClose(top!, head, 1e-11)
    expectClose(y!, range(length * batch).flatMap((r) => dense('readout', outputs, head, r)), 1e-11) // prettier-ignore
  })

  it.each(forwardOnly)('%s goes forward only and says so', (cell) => {
    for (const [given, path] of [[{ bidirectional: true }, 'model.bidirectional'], [{ subsample: 2 }, 'model.subsample']] as const) {
      let refused: unknown
      try { setUp({ cell, ...given }, 3) } catch (error) { refused = error }
      expect(refused).toBeInstanceOf(UnrollError)
      expect(refused).toMatchObject({ code: 'E_CONFIG_DATA', details: { path } })
    }
  }) // prettier-ignore
})

describe('subsampling', () => {
  it.each([
    [2, 8],
    [2, 7],
    [3, 10],
    [4, 3],
  ])('by %i gives each layer windows of %i steps below, zeros after the end', (k, length) => {
    const hidden = [4, 3]
    const s = setUp({ cell: 'lstm', layers: '4/3', subsample: k }, length)
    const [top] = evaluate([s.trace().features], s.feeds)
    let below = s.feeds.x!
    let width = inputs
    let count = length
    hidden.forEach((n, l) => {
      const windows = Math.ceil(count / k)
      const read = Float64Array.from(range(windows * batch).flatMap((r) => {
        const [w, b] = [Math.floor(r / batch), r % batch]
        return range(k).flatMap((j) => {
          const t = w * k + j
          return t < count ? Array.from(below.slice((t * batch + b) * width, (t * batch + b + 1) * width)) : range(width).map(() => 0)
        })
      })) // prettier-ignore
      below = alone('lstm', n, read, width * k, (name) => s.feeds[`layers.${l}.${name}`]!, (name) => s.feeds[`from ${l}.${name}`]!) // prettier-ignore
      width = n
      count = windows
    })
    expect(top!.length).toBe(count * batch * 3)
    expectClose(top!, below, 1e-12)
  })

  it('shortens a sequence to T / k^L', () => {
    const s = setUp({ cell: 'rnn', hidden: 2, layers: 3, subsample: 4 }, 128)
    expect(s.trace().features.shape).toEqual([2, batch, 2])
    expect(s.network.layers.map(({ input: i }) => i)).toEqual([12, 8, 8])
  })

  it('has exact gradients, with both directions and padding', () => {
    const s = setUp({ cell: 'gru', layers: '2/2', subsample: 2, bidirectional: true, hiddenReadout: 2 }, 5)
    const mask = input('mask', [5, batch])
    const trace = s.trace({ mask })
    const loss = [outputsOf(s.network, s.weights, trace), ...trace.final, ...trace.finalReverse]
      .map((n) => sum(square(n)))
      .reduce((a, b) => add(a, b))
    const feeds = { ...s.feeds, mask: Float64Array.from([1, 1, 1, 1, 1, 1, 1, 0, 1, 0]) }
    checkGraph(loss, [...s.weights.values(), s.x, ...s.init], feeds)
  })
})

describe('padding', () => {
  const [length, short] = [6, 4]
  const everyWay = cells.flatMap(({ id }) => [
    { id, model: {} },
    ...(forwardOnly.includes(id) ? [] : [{ id, model: { bidirectional: true } }, { id, model: { subsample: 2 } }]), // prettier-ignore
  ])

  it.each(everyWay)('changes nothing for $id $model: a padded sequence is the sequence', ({ id, model }) => {
    const given = { cell: id, hidden: 3, layers: 2, ...model }
    const [whole, cut] = [setUp(given, length), setUp(given, short)]
    const mask = input('mask', [length, batch])
    const padded = whole.trace({ mask, keepStates: true })
    const plain = cut.trace()
    // What lies in the padding must not matter: it is large.
    const x = Float64Array.from(whole.feeds.x!, (v, i) => (i < short * batch * inputs ? v : 50 * v))
    const ones = Float64Array.from({ length: length * batch }, (_, i) => +(i < short * batch))
    const [top, ...ends] = evaluate([outputsOf(whole.network, whole.weights, padded), ...padded.final, ...padded.finalReverse], { ...whole.feeds, x, mask: ones }) // prettier-ignore
    const first = whole.feeds.x!.slice(0, short * batch * inputs)
    const [same, ...others] = evaluate([outputsOf(cut.network, cut.weights, plain), ...plain.final, ...plain.finalReverse], { ...whole.feeds, x: first }) // prettier-ignore
    expectClose(top!.slice(0, same!.length), same!, 1e-12)
    others.forEach((state, i) => expectClose(ends[i]!, state, 1e-12))
  })
})

describe('all layers in one loop', () => {
  it.each(ordinary)('%s: is the same as layer by layer', (cell) => {
    const s = setUp({ cell, hidden: 3, layers: 2, residual: true, hiddenReadout: 2 }, 4)
    const own: SequenceTraceOptions['own'] = { truth: constant(1, [4, batch, 1]), pick: (logits) => add(constant(0, [batch, inputs]), sum(logits)) } // prettier-ignore
    const [layered, together] = [s.trace({ watch: () => true }), s.trace({ watch: () => true, own })]
    const seen = ({ final, signals }: typeof layered): Node[] => [...final, ...[...signals.keys()].sort().map((id) => signals.get(id)!)] // prettier-ignore
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
    const [y, h] = evaluate([outputsOf(s.network, s.weights, trace), trace.features], { ...s.feeds, truth: Float64Array.from(takes) }) // prettier-ignore
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
    expect([...trace.perturbations.keys()]).toEqual(bidirectional ? ['layers.0', 'layers.0.reverse', 'layers.1', 'layers.1.reverse'] : ['layers.0', 'layers.1']) // prettier-ignore
    const loss = sum(square(outputsOf(s.network, s.weights, trace)))
    const zeros = Object.fromEntries(
      added.map((n) => [n.attrs.name!, new Float64Array(4 * batch * n.shape[2]!)]),
    )
    // Of zero size it changes nothing; its gradient is that of finite differences.
    const plain = evaluate([outputsOf(s.network, s.weights, s.trace())], s.feeds)[0]!
    expectClose(evaluate([outputsOf(s.network, s.weights, trace)], { ...s.feeds, ...zeros })[0]!, plain, 1e-12) // prettier-ignore
    checkGraph(loss, added, { ...s.feeds, ...zeros })
    // At the last step of the top layer nothing but the readout reads h.
    if (bidirectional || cellById(cell).coupled) return
    const [g] = evaluate([grad(loss, [added[1]!])[0]!], { ...s.feeds, ...zeros })
    const y = plain.slice(-batch * outputs)
    const direct = range(batch).flatMap((b) => range(3).map((k) => range(outputs).reduce((d, o) => d + 2 * y[b * outputs + o]! * s.feeds['readout.w']![o * 3 + k]!, 0))) // prettier-ignore
    expectClose(g!.slice(-batch * 3), direct, 1e-11)
  })
})
