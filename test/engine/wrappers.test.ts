// What is put around cells, held to the cells alone: both directions, windows of subsampling, sizes, head, padding.
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { concat, input, square, sum, add } from '../../src-main/engine/graph/ops.ts'
import { outputsOf } from '../../src-main/engine/nn/trace.ts'
import { checkGraph, expectClose } from './check.ts'
import { evaluate } from './evaluate.ts'
import {
  batch,
  inputs,
  outputs,
  range,
  setUp,
  columns,
  steps,
  alone,
  forwardOnly,
  ordinary,
} from './wrapped.ts'

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
      below = Float64Array.from(
        range(length * batch).flatMap((r) => [
          ...ahead.slice(r * hidden, (r + 1) * hidden),
          ...turned.slice(r * hidden, (r + 1) * hidden),
        ]),
      )
      width = 2 * hidden
    })
    expectClose(h!, below, 1e-11)
    const dense = (name: string, rows: number, of: ArrayLike<number>, r: number) =>
      range(rows).map(
        (k) =>
          s.feeds[`${name}.b`]![k]! +
          range(of.length / length / batch).reduce(
            (sum, i, _, all) => sum + s.feeds[`${name}.w`]![k * all.length + i]! * of[r * all.length + i]!,
            0,
          ),
      )
    const head = range(length * batch).flatMap((r) => dense('head', 6, below, r).map(Math.tanh))
    expectClose(top!, head, 1e-11)
    expectClose(
      y!,
      range(length * batch).flatMap((r) => dense('readout', outputs, head, r)),
      1e-11,
    )
  })

  it.each(forwardOnly)('%s goes forward only and says so', (cell) => {
    for (const [given, path] of [
      [{ bidirectional: true }, 'model.bidirectional'],
      [{ subsample: 2 }, 'model.subsample'],
    ] as const) {
      let refused: unknown
      try {
        setUp({ cell, ...given }, 3)
      } catch (error) {
        refused = error
      }
      expect(refused).toBeInstanceOf(UnrollError)
      expect(refused).toMatchObject({ code: 'E_CONFIG_DATA', details: { path } })
    }
  })
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
      const read = Float64Array.from(
        range(windows * batch).flatMap((r) => {
          const [w, b] = [Math.floor(r / batch), r % batch]
          return range(k).flatMap((j) => {
            const t = w * k + j
            return t < count
              ? Array.from(below.slice((t * batch + b) * width, (t * batch + b + 1) * width))
              : range(width).map(() => 0)
          })
        }),
      )
      below = alone(
        'lstm',
        n,
        read,
        width * k,
        (name) => s.feeds[`layers.${l}.${name}`]!,
        (name) => s.feeds[`from ${l}.${name}`]!,
      )
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
    ...(forwardOnly.includes(id)
      ? []
      : [
          { id, model: { bidirectional: true } },
          { id, model: { subsample: 2 } },
        ]),
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
    const [top, ...ends] = evaluate(
      [outputsOf(whole.network, whole.weights, padded), ...padded.final, ...padded.finalReverse],
      { ...whole.feeds, x, mask: ones },
    )
    const first = whole.feeds.x!.slice(0, short * batch * inputs)
    const [same, ...others] = evaluate(
      [outputsOf(cut.network, cut.weights, plain), ...plain.final, ...plain.finalReverse],
      { ...whole.feeds, x: first },
    )
    expectClose(top!.slice(0, same!.length), same!, 1e-12)
    others.forEach((state, i) => expectClose(ends[i]!, state, 1e-12))
  })
})
