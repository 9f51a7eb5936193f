// The card of a unit over labelled lines: each is read from a zero state, and nothing reaches from one line into the next.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { unitCard } from '../../../src-main/engine/probes/unitCard.ts'
import { executor, trained } from './trainedModel.ts'

const meanOf = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length

describe('a card of lines', () => {
  const config = {
    task: 'sequence-classification',
    data: { unit: 'word' },
    model: { hidden: 4, embedding: 3 },
  }
  const told = ['yes\tgood (fine) story', 'no\tbad (dull story', 'yes\tfine) good', 'no\tdull bad'].join('\n')
  const classifier = openModel(trained(config as never, 2, `${told}\n`), executor)
  const texts = ['good (fine) story', 'bad (dull story', 'fine) good']
  const lines = () =>
    texts.map((line, i) => ({
      source: { symbols: line.match(/\w+|[()]/g)!, spaces: line.match(/\w+|[()]/g)!.map(() => '') },
      label: i === 1 ? 'no' : 'yes',
    }))
  const asked = { offset: 0, layer: 0, signal: 'c', unit: 2, around: 5, seed: 1, text: 'good', lines }
  const found = unitCard(classifier, asked)
  const columns = (signal: string) =>
    texts.map((line) => {
      const { values } = inspectText(classifier, { text: line, layer: 0, signal })
      return Array.from({ length: values.length / 4 }, (_, t) => values[t * 4 + 2]!)
    })
  const all = columns('c').flat()

  it('reads each from a zero state', () => {
    expect([found.positions, found.sequences]).toEqual([all.length, 3])
    expect(found.mean).toBeCloseTo(meanOf(all), 6)
    expect(found.histogram.lo).toBeCloseTo(Math.min(...all), 6)
    const f = columns('f').flat()
    expect(found.gates.find(({ signal }) => signal === 'f')!.open).toBeCloseTo(
      f.filter((v) => v > 0.9).length / f.length,
    )
  })
  it('has steps, lags and contexts within a line only', () => {
    const steps = columns('c').map((line) => line.slice(1).map((v, t) => v - line[t]!))
    expect(found.story.symbols.reduce((n, { count }) => n + count, 0)).toBe(steps.flat().length)
    const story = found.story.symbols.find(({ symbol }) => symbol === 'story')!
    expect(story.step).toBeCloseTo((steps[0]!.at(-1)! + steps[1]!.at(-1)!) / 2, 6)
    const m = meanOf(all)
    const product = columns('c').flatMap((line) => line.slice(1).map((v, t) => (v - m) * (line[t]! - m)))
    const square = all.map((v) => (v - m) ** 2)
    const sum = (x: readonly number[]) => x.reduce((a, b) => a + b, 0)
    expect(found.autocorrelation.unit[0]).toBeCloseTo(sum(product) / sum(square), 6)
    expect(found.autocorrelation.unit.slice(2)).toEqual([NaN, NaN])
    for (const { position, start, from, tokens } of [...found.top, ...found.bottom]) {
      expect([0, 5, 9]).toContain(start)
      expect(from).toBe(start)
      expect(position - start).toBeLessThan(tokens.length)
    }
  })
  it('splits the histogram by a predicate, also by the label of the line', () => {
    const { split, histogram } = unitCard(classifier, { ...asked, predicate: 'line_label("yes")' })
    const bin = (v: number) =>
      Math.min(49, Math.floor((50 * (Math.fround(v) - histogram.lo)) / (histogram.hi - histogram.lo)))
    const counts = (which: number[]) => {
      const bins = Array<number>(50).fill(0)
      for (const line of which) for (const v of columns('c')[line]!) bins[bin(v)]!++
      return bins
    }
    expect(split).toEqual({ predicate: 'line_label("yes")', holds: counts([0, 2]), others: counts([1]) })
    expect(found.split).toBeNull()
    expect(() => unitCard(classifier, { ...asked, predicate: 'column' })).toThrow(
      /predicate: column is a number/,
    )
  })
})
