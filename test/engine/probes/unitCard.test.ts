// The card of a unit against plain loops over the values of inspect.text, and against an LSTM whose behaviour is known.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { unitCard } from '../../../src-main/engine/probes/unitCard.ts'
import { symbolClasses, type UnitContext } from '../../../src-main/contract/unitCard.ts'
import { latch, latchText } from './latch.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const options = { text, offset: 0, layer: 0, signal: 'c', unit: 3, around: 5, seed: 1 }
const card = unitCard(model, options)
const columnOf = (layer: number, signal: string, unit: number): number[] => {
  const { values, units } = inspectText(model, { text, layer, signal })
  return Array.from({ length: values.length / units }, (_, t) => values[t * units + unit]!)
}
const own = columnOf(0, 'c', 3)
const T = own.length
const meanOf = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
const correlation = (x: readonly number[], y: readonly number[]) => {
  const [mx, my] = [meanOf(x), meanOf(y)]
  const sum = (of: (t: number) => number) => x.reduce((a, _, t) => a + of(t), 0)
  const product = sum((t) => (x[t]! - mx) * (y[t]! - my))
  return product / Math.sqrt(sum((t) => (x[t]! - mx) ** 2) * sum((t) => (y[t]! - my) ** 2))
}

describe('numbers of a card', () => {
  it('are those of the values: range, mean, histogram by class', () => {
    const [lo, hi] = [Math.min(...own), Math.max(...own)]
    expect([card.positions, card.units, card.step]).toEqual([T, 6, 30])
    expect(card.mean).toBeCloseTo(meanOf(own), 6)
    expect(card.histogram).toMatchObject({ lo, hi })
    const counts = symbolClasses.map(() => Array<number>(50).fill(0))
    ;[...text].forEach((symbol, t) => {
      const name = /[a-z]/i.test(symbol)
        ? 0
        : /\d/.test(symbol)
          ? 1
          : symbol === ' '
            ? 2
            : symbol === '\n'
              ? 4
              : 3
      counts[name]![Math.min(49, Math.floor((50 * (own[t]! - lo)) / (hi - lo)))]!++
    })
    expect(card.histogram.counts).toEqual(counts)
    expect(counts.map((of) => of.some((n) => n > 0))).toEqual([true, true, true, true, true])
  })

  it('hold the autocorrelation of the unit and of the median unit', () => {
    const autocorrelation = (x: readonly number[], lag: number) => {
      const m = meanOf(x)
      let [product, square] = [0, 0]
      x.forEach((v, t) => {
        square += (v - m) ** 2
        if (t >= lag) product += (v - m) * (x[t - lag]! - m)
      })
      return product / square
    }
    const all = [0, 1, 2, 3, 4, 5].map((unit) => columnOf(0, 'c', unit))
    card.autocorrelation.lags.forEach((lag, k) => {
      expect(card.autocorrelation.unit[k]).toBeCloseTo(autocorrelation(own, lag), 6)
      const sorted = all.map((x) => autocorrelation(x, lag)).sort((a, b) => a - b)
      expect(card.autocorrelation.median[k]).toBeCloseTo((sorted[2]! + sorted[3]!) / 2, 6)
    })
    const short = unitCard(model, { ...options, text: text.slice(0, 10) }).autocorrelation
    expect(short.unit.map(Number.isNaN)).toEqual([false, false, true, true])
  })

  it('hold the saturation of every gate over the whole text', () => {
    expect(card.gates.map(({ signal }) => signal)).toEqual(['i', 'f', 'o'])
    for (const { signal, closed, open, layer } of card.gates) {
      const others = [0, 1, 2, 3, 4, 5].map((unit) => columnOf(0, signal, unit))
      expect(layer.closed).toEqual(others.map((values) => values.filter((v) => v < 0.1).length / T))
      expect(layer.open).toEqual(others.map((values) => values.filter((v) => v > 0.9).length / T))
      const values = columnOf(0, signal, 3)
      expect(closed).toBeCloseTo(values.filter((v) => v < 0.1).length / T, 12)
      expect(open).toBeCloseTo(values.filter((v) => v > 0.9).length / T, 12)
    }
  })

  it('rank similar units by |correlation|, the sign kept, in this layer and in others', () => {
    for (const [found, layer, others] of [
      [card.similar.here, 0, [0, 1, 2, 4, 5]],
      [card.similar.others, 1, [0, 1, 2, 3, 4, 5]],
    ] as const) {
      const expected = others
        .map((unit) => ({ layer, unit, correlation: correlation(own, columnOf(layer, 'c', unit)) }))
        .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
      expect(found.map(({ unit }) => unit)).toEqual(expected.map(({ unit }) => unit))
      found.forEach((one, i) => expect(one.correlation).toBeCloseTo(expected[i]!.correlation, 6))
    }
    expect(card.similar.here.some((one) => one.correlation < 0)).toBe(true)
  })
})

describe('contexts of a card', () => {
  const positions = (contexts: readonly UnitContext[]) => contexts.map(({ position }) => position)
  const apart = (contexts: readonly UnitContext[]) =>
    contexts.every((a) => contexts.every((b) => a === b || Math.abs(a.position - b.position) > 10))

  it('are the extremes and the middle, taken in order without overlap', () => {
    const greedy = (key: (t: number) => number) => {
      const order = [...own.keys()].sort((a, b) => key(a) - key(b) || a - b)
      return order.reduce<number[]>(
        (taken, t) =>
          taken.length < 20 && taken.every((other) => Math.abs(other - t) > 10) ? [...taken, t] : taken,
        [],
      )
    }
    const median = own.toSorted((a, b) => a - b)[T >> 1]!
    expect(positions(card.top)).toEqual(greedy((t) => -own[t]!))
    expect(positions(card.bottom)).toEqual(greedy((t) => own[t]!))
    expect(positions(card.middle)).toEqual(greedy((t) => Math.abs(own[t]! - median)))
    for (const list of [card.top, card.bottom, card.middle]) expect(apart(list)).toBe(true)
  })

  it('show the symbols around with their values, cut at the ends', () => {
    for (const { position, from, tokens, values } of [...card.top, ...card.middle]) {
      expect(from).toBe(Math.max(0, position - 5))
      expect(tokens.join('')).toBe(text.slice(from, Math.min(T, position + 6)))
      expect(values).toEqual(own.slice(from, from + tokens.length))
    }
  })

  it('are drawn in ten intervals, each with its share, the same for the same seed', () => {
    const { lo, hi } = card.histogram
    const width = (hi - lo) / 10
    card.intervals.forEach((interval, i) => {
      const members = [...own.keys()].filter(
        (t) => Math.min(9, Math.floor((10 * (own[t]! - lo)) / (hi - lo))) === i,
      )
      expect(interval.lo).toBeCloseTo(lo + i * width, 10)
      expect(interval.share).toBeCloseTo(members.length / T, 12)
      expect(interval.contexts.length).toBeLessThanOrEqual(Math.min(5, members.length))
      expect(interval.contexts.length).toBeGreaterThanOrEqual(Math.min(1, members.length))
      expect(positions(interval.contexts).every((t) => members.includes(t))).toBe(true)
      expect(apart(interval.contexts)).toBe(true)
    })
    const again = (seed: number) =>
      unitCard(model, { ...options, seed }).intervals.map(({ contexts }) => positions(contexts))
    expect(again(1)).toEqual(card.intervals.map(({ contexts }) => positions(contexts)))
    expect(again(2)).not.toEqual(again(1))
  })
})

describe('the gate story', () => {
  it('has the mean step and gates of each symbol', () => {
    const { state, signals, symbols } = card.story
    expect([state, signals]).toEqual(['c', ['i', 'f', 'o', 'g']])
    const e = unitCard(model, { ...options, text: 'He went' }).story.symbols.find(
      ({ symbol }) => symbol === 'e',
    )!
    const [h, he] = columnOf(0, 'c', 3)
    expect(e.count).toBe(2)
    expect(symbols[0]!.step).not.toBe(0)
    const only = unitCard(model, { ...options, text: 'He' }).story.symbols
    expect(only).toHaveLength(1)
    expect(only[0]!.step).toBeCloseTo(he! - h!, 6)
    expect(only[0]!.write).toBeCloseTo(columnOf(0, 'i', 3)[1]! * columnOf(0, 'g', 3)[1]!, 6)
    expect(only[0]!.means[1]).toBeCloseTo(columnOf(0, 'f', 3)[1]!, 6)
  })

  it('tells a latch over quotations: one mark, two roles', () => {
    const { symbols, sentence } = unitCard(latch(), { ...options, text: latchText, unit: 0 }).story
    expect(symbols.slice(0, 2).map(({ symbol, role }) => [symbol, role])).toEqual([
      ['"', 'closing'],
      ['"', 'opening'],
    ])
    expect(symbols[0]!.step).toBeCloseTo(2, 3)
    expect(symbols[1]!.step).toBeCloseTo(-2, 3)
    expect(symbols[2]!.step).toBeCloseTo(0, 3)
    expect(sentence).toBe(
      'closing " writes 1.00 (i 1.00, f 0.00; step 2.00); opening " writes -1.00 (i 1.00, f 0.00; step -2.00); inside it keeps (f 1.00); outside it keeps (f 1.00).',
    )
  })

  it('tells a latch over brackets, and the share of gates that are open', () => {
    const found = unitCard(latch(), { ...options, text: latchText, unit: 1 })
    expect(
      found.story.symbols
        .slice(0, 2)
        .map(({ symbol }) => symbol)
        .sort(),
    ).toEqual(['(', ')'])
    expect(found.story.sentence).toMatch(/^"[()]" writes .*; inside it keeps \(f 1\.00\)/)
    const brackets = [...latchText].filter((symbol) => '()'.includes(symbol)).length / latchText.length
    expect(found.gates.find(({ signal }) => signal === 'i')!.open).toBeCloseTo(brackets, 12)
    expect(found.gates.find(({ signal }) => signal === 'f')!.closed).toBeCloseTo(brackets, 12)
    expect(found.bottom[0]!.value).toBeCloseTo(-1, 3)
    expect(found.top[0]!.value).toBeCloseTo(1, 3)
  })

  it('names the state and no gate for a cell without gates', () => {
    const plain = openModel(trained({ model: { cell: 'rnn', hidden: 3 } }, 1), executor)
    const { story, gates } = unitCard(plain, { ...options, signal: 'h', unit: 1 })
    expect([story.state, story.signals, gates]).toEqual(['h', [], []])
    expect(story.sentence).toMatch(/moves h by -?\d\.\d\d on average/)
    expect(story.sentence).not.toMatch(/[()]/)
    const gru = openModel(trained({ model: { cell: 'gru', hidden: 3 } }, 1), executor)
    const gated = unitCard(gru, { ...options, signal: 'h', unit: 1 }).story
    expect([gated.state, gated.signals]).toEqual(['h', ['r', 'z', 'n']])
    expect(gated.sentence).toMatch(/moves h by -?\d\.\d\d \(r \d\.\d\d, z \d\.\d\d\)/)
  })
})

describe('outgoing weights', () => {
  it('are columns of the matrices that read the unit', () => {
    const { shape, data } = model.weights.get('readout.w')!
    const { output, next } = unitCard(model, { ...options, layer: 1, unit: 2 }).outgoing
    expect(next).toEqual([])
    const column = model.vocabulary.map((symbol, row) => ({ symbol, weight: data[row * shape[1]! + 2]! }))
    const sorted = column.toSorted((a, b) => b.weight - a.weight)
    expect(output!.raises).toEqual(sorted.filter(({ weight }) => weight > 0).slice(0, 10))
    expect(output!.lowers).toEqual(
      sorted
        .toReversed()
        .filter(({ weight }) => weight < 0)
        .slice(0, 10),
    )
  })

  it('of a lower layer are those of the next one, by gate', () => {
    expect(card.outgoing.output).toBeNull()
    expect(card.outgoing.next.map(({ layer, gate }) => [layer, gate])).toEqual(
      ['i', 'f', 'g', 'o'].map((gate) => [1, gate]),
    )
    const { data } = model.weights.get('layers.1.w_ih')!
    const ofG = Array.from({ length: 6 }, (_, unit) => ({ unit, weight: data[(12 + unit) * 6 + 3]! }))
    expect(card.outgoing.next[2]!.units).toEqual(
      ofG.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, 5),
    )
  })

  it('have the gates in the order of the rows of the cell', () => {
    const gatesOf = (cell: string, options_ = {}) =>
      unitCard(
        openModel(trained({ model: { cell, hidden: 3, layers: 2, options: options_ } }, 1), executor),
        {
          ...options,
          signal: 'h',
          unit: 1,
        },
      ).outgoing.next.map(({ gate }) => gate)
    expect(gatesOf('qrnn', { width: 1, pooling: 'ifo' })).toEqual(['z', 'f', 'o', 'i'])
    expect(gatesOf('lstm-variant', { gates: 'coupled' })).toEqual(['f', 'z', 'o'])
    expect(gatesOf('gru')).toEqual(['r', 'z', 'n'])
    expect(gatesOf('rnn')).toEqual([''])
  })
})

describe('a card is refused', () => {
  it('for a unit, layer or signal that is not there, and for a text without symbols', () => {
    expect(() => unitCard(model, { ...options, unit: 6 })).toThrow('unit: 6 is not one of 0..5.')
    expect(() => unitCard(model, { ...options, layer: 2 })).toThrow(/layer: 2 is not one of/)
    expect(() => unitCard(model, { ...options, signal: 'z' })).toThrow(/has no "z"/)
    expect(() => unitCard(model, { ...options, text: '' })).toThrow(/text: it has no symbols/)
  })
  it('for a run that reads no text', () => {
    const small = { hidden: 2, layers: 1 }
    const bits = openModel(trained({ task: 'binary-addition', model: small } as never, 1), executor)
    expect(() => unitCard(bits, { ...options, text: '1' })).toThrow(/reads numbers, not text/)
    const pixels = {
      task: 'pixel-model',
      data: { size: 8 },
      model: { cell: 'md-lstm', hidden: 2 },
      train: { batch: 2, steps: 1 },
    }
    const images = openModel(trained(pixels as never, 1), executor)
    expect(() => unitCard(images, { ...options, text: '1' })).toThrow(/reads images/)
  })
})
