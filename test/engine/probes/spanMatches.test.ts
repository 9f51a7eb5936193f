// Units of a span and their matches: a hand-made recording with known places, plain loops over random ones, and the latch, whose quote unit
// is negative inside quotations.
import { describe, expect, it } from 'vitest'
import {
  contrastOf,
  runsOfUnit,
  symbolsBeside,
} from '../../../src-main/engine/probes/spanMatches/contrast.ts'
import { matchRuns } from '../../../src-main/engine/probes/spanMatches/runsOfUnits.ts'
import {
  quantileThresholds,
  unitsOn,
  type Recording,
} from '../../../src-main/engine/probes/spanMatches/signedUnits.ts'
import { spanMatches } from '../../../src-main/engine/probes/spanMatches/spanMatches.ts'
import { quotedTokens } from '../../../src-main/engine/probes/spans.ts'
import { latch, latchText } from './latch.ts'
import { model } from './trainedModel.ts'

/** A recording from a line per unit: + is 1, - is -1, . is 0. */
const drawn = (...lines: string[]): Recording => ({
  columns: lines.map((line) => Float32Array.from(line, (mark) => (mark === '+' ? 1 : mark === '-' ? -1 : 0))),
  length: lines[0]!.length,
})

const none = { left: false, right: false }
const recording = drawn(
  '..+++.....+++...++...', // 0: on at the span, at 10..12, at 16..17
  '..---.....---........', // 1: its negative is on at the span and at 10..12
  '.++++++.............+', // 2: on at more than the span
  '..........+++........', // 3: on at 10..12 alone
)
const all = [0, 1, 2, 3, 4, 5, 6, 7]
const thresholds = new Float64Array(8).fill(0.3)
const span = { from: 2, to: 4 }

describe('units of a span', () => {
  it('are those above the threshold throughout, with the sign that is, and off at strict sides', () => {
    expect(unitsOn(recording, thresholds, span, none, all)).toEqual([0, 3, 4])
    expect(unitsOn(recording, thresholds, span, { left: true, right: false }, all)).toEqual([0, 3])
    expect(unitsOn(recording, thresholds, span, { left: false, right: true }, all)).toEqual([0, 3])
  })

  it('with a quantile have a threshold each', () => {
    const levels = quantileThresholds({ columns: [Float32Array.of(0, 10, 20, 30, 40)], length: 5 }, 0.75)
    expect([...levels]).toEqual([30, -10])
  })
})

describe('matches of a span', () => {
  const options = { ...span, thresholds, strict: none, sameLength: false, top: 50 }

  it('share the most units, then have the fewest others; the span itself and overlapping runs are left out', () => {
    const { matches } = matchRuns(recording, [0, 3, 4], options)
    // At 10..12 units 0 and -1 are on, and unit 3, which is not of the span.
    expect(matches).toEqual([
      { from: 10, to: 12, shared: 2, union: 4 },
      { from: 16, to: 17, shared: 1, union: 3 },
    ])
    const same = matchRuns(recording, [0, 3, 4], { ...options, sameLength: true })
    expect(same.matches.map(({ from }) => from)).toEqual([10])
    expect(same.lengths.every(({ length }) => length === 3)).toBe(true)
  })

  it('count candidates by length, and those where all units of the span are on', () => {
    const { lengths } = matchRuns(recording, [0, 3, 4], options)
    // With at least 3 units 2..4; with 2 also 10..12; with 1 the runs 1..6 and 16..17.
    expect(lengths).toEqual([
      { length: 2, all: 1, strict: 0 },
      { length: 3, all: 2, strict: 1 },
      { length: 6, all: 1, strict: 0 },
    ])
  })

  it('agree with plain loops over random recordings', () => {
    let seed = 7
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
    for (let round = 0; round < 20; round++) {
      const units = 3
      const length = 60
      const columns = Array.from({ length: units }, () =>
        Float32Array.from({ length }, () => Math.round(random() * 4 - 2) / 2),
      )
      const one = { columns, length }
      const place = { from: 20, to: 22 }
      const chosen = unitsOn(one, thresholds.subarray(0, 6), place, none, [0, 1, 2, 3, 4, 5])
      const isOn = (s: number, t: number) => (s % 2 ? -1 : 1) * columns[s >> 1]![t]! >= 0.3
      const count = (t: number) => chosen.filter((s) => isOn(s, t)).length
      const runs = new Map<string, number[]>()
      for (let k = chosen.length; k > 0; k--)
        for (let a = 0; a < length; a++)
          for (let b = a + 1; b < length; b++) {
            const inside = Array.from({ length: b - a + 1 }, (_, i) => a + i)
            const ends = [a - 1, b + 1].every((t) => t < 0 || t >= length || count(t) < k)
            if (!ends || !inside.every((t) => count(t) >= k)) continue
            const on = [0, 1, 2, 3, 4, 5].filter((s) => inside.every((t) => isOn(s, t)))
            const shared = on.filter((s) => chosen.includes(s)).length
            runs.set(`${a} ${b}`, [shared, new Set([...on, ...chosen]).size])
          }
      const { matches, lengths } = matchRuns(one, chosen, { ...options, ...place, top: 1000 })
      expect(lengths.reduce((sum, row) => sum + row.all, 0)).toBe(runs.size)
      for (const { from, to, shared, union } of matches)
        expect(runs.get(`${from} ${to}`)).toEqual([shared, union])
      for (const [i, { from, to }] of matches.entries())
        for (const other of [place, ...matches.slice(0, i)])
          expect(to < other.from || from > other.to).toBe(true)
    }
  })
})

describe('contrast of a span', () => {
  it('is the probability that a value inside is larger than one beside, ties counting half', () => {
    const one = { columns: [Float32Array.of(0, 2, 1, 3, 1, 0)], length: 6 }
    const place = { from: 2, to: 3 }
    const beside = symbolsBeside(6, place)
    expect(beside).toEqual([0, 1, 4, 5])
    // 1 beats 0 and 0, ties with 1; 3 beats all: (2 + 0.5 + 4) / 8.
    expect(contrastOf(one, 0, place, beside)).toMatchObject({ auc: 6.5 / 8, inside: 2, outside: 0.75 })
    expect(contrastOf(one, 1, place, beside).auc).toBeCloseTo(1 - 6.5 / 8, 12)
    expect(symbolsBeside(500, { from: 100, to: 110 })).toHaveLength(120)
  })

  it('finds the runs of the best unit at its own threshold', () => {
    const best = contrastOf(recording, 0, span, symbolsBeside(21, span))
    expect(best.threshold).toBe(0.5)
    expect(runsOfUnit(recording, best, span, 9).matches).toEqual([
      { from: 10, to: 12, shared: 1, union: 1 },
      { from: 16, to: 17, shared: 1, union: 1 },
    ])
  })
})

describe('a span of a text', () => {
  const read = latch()
  const quoted = quotedTokens([...latchText], [])
  const second = latchText.indexOf('Why')
  const options = {
    text: latchText,
    from: second,
    to: second + 2,
    signal: 'tanh_c',
    layer: 0,
    threshold: 0.3,
    strict: 'none',
    sameLength: false,
    top: 50,
  } as const

  it('inside a quotation has the unit that is negative inside, and its matches are quotations', () => {
    const found = spanMatches(read, { ...options, mode: 'overlap' })
    expect(found.units).toContainEqual(expect.objectContaining({ layer: 0, unit: 0, sign: -1 }))
    expect(found.matches.length).toBeGreaterThan(5)
    const inside = found.matches.flatMap(({ from, to }) => [...quoted.subarray(from, to + 1)])
    expect(inside.every((one) => one === 1)).toBe(true)
    expect(found.tokens.slice(second, second + 3).join('')).toBe('Why')
  })

  it('by contrast ranks that unit first', () => {
    const { units, matches } = spanMatches(read, { ...options, mode: 'contrast' })
    expect(units[0]).toMatchObject({ unit: 0, sign: -1 })
    // Marks beside the span are quoted, too.
    expect(units[0]!.auc).toBeGreaterThan(0.9)
    expect(matches.every(({ from, to }) => quoted.subarray(from, to + 1).every((one) => one === 1))).toBe(
      true,
    )
  })

  it('is refused outside the text, backwards, and if it is the whole text', () => {
    const ask = (from: number, to: number) => () =>
      spanMatches(model, { ...options, mode: 'overlap', from, to })
    expect(ask(0, 99_999)).toThrow(/to: 99999 is past the text, whose last symbol is \d+/)
    expect(ask(5, 4)).toThrow(/to: 4 is before the first symbol/)
    expect(ask(0, latchText.length - 1)).toThrow(/from: the span is the whole text/)
  })
})
