// Matching units of two models against plain loops over their signals, and known truths: a model matches itself, a permuted copy its own permutation.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import { assign } from '../../../src-main/engine/probes/assignment.ts'
import { matchUnits } from '../../../src-main/engine/probes/match.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const other = openModel(trained({ seed: 9, model: { cell: 'gru', hidden: 4, embedding: 5 } }), executor)
const words = openModel(trained({ data: { unit: 'word' } }), executor)

/** Values of all units of a signal after the first 43 symbols, by unit of both layers. */
function columns(of: TrainedModel, signal: string, layers: number): number[][] {
  return Array.from({ length: layers }, (_, layer) => {
    const { values, units } = inspectText(of, { text, layer, signal })
    return Array.from({ length: units }, (_, u) => [...values].filter((_, i) => i % units === u))
  }).flatMap((units) => units.map((column) => column.slice(Math.floor(Math.min(100, column.length / 10)))))
}

function pearson(a: number[], b: number[]): number {
  const mean = (v: number[]) => v.reduce((s, x) => s + x, 0) / v.length
  const [ma, mb] = [mean(a), mean(b)]
  const dot = (x: number[], mx: number, y: number[], my: number) =>
    x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0)
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb))
}

describe('matching units of two models', () => {
  const found = matchUnits(model, { text, other, signal: 'c', otherSignal: 'h', seed: 1 })

  it('gives the signed correlation of every unit of every layer with every other one', () => {
    const [a, b] = [columns(model, 'c', 2), columns(other, 'h', 1)]
    expect([a.length, b.length, found.correlations.length]).toEqual([12, 4, 48])
    expect(found.positions).toBe(a[0]!.length)
    a.forEach((x, j) =>
      b.forEach((y, k) => expect(found.correlations[j * 4 + k]).toBeCloseTo(pearson(x, y), 5)),
    )
    for (const { layer, unit, best } of found.units) {
      const row = [...found.correlations.subarray((layer * 6 + unit) * 4, (layer * 6 + unit) * 4 + 4)]
      expect(Math.abs(best.correlation)).toBeCloseTo(Math.max(...row.map(Math.abs)), 6)
      expect(best.correlation).toBeCloseTo(row[best.unit]!, 6)
    }
  })

  it('assigns each unit of the smaller model once', () => {
    const partners = found.units.flatMap(({ assigned }) => (assigned ? [assigned.unit] : []))
    expect(partners.sort()).toEqual([0, 1, 2, 3])
  })

  it('finds a model in itself, and in a copy whose units are permuted and sign-flipped', () => {
    const same = matchUnits(model, { text, other: model, signal: 'h', seed: 1 })
    for (const { layer, unit, best, assigned, mutual, excess, rotated } of same.units) {
      expect([best.layer, best.unit, mutual]).toEqual([layer, unit, true])
      expect(assigned).toEqual(best)
      expect(best.correlation).toBeCloseTo(1, 6)
      expect(excess).toBeCloseTo(1 - rotated, 6)
    }
    const copy = permutedRnn()
    const one = matchUnits(copy.original, { text, other: copy.permuted, signal: 'h', seed: 1 })
    for (const { unit, best } of one.units) {
      expect(best.unit).toBe(copy.to[unit])
      expect(best.correlation).toBeCloseTo(copy.sign[unit]!, 5)
    }
  })

  it('has a baseline that the seed fixes, below the match of a unit with itself', () => {
    const at = (seed: number) => matchUnits(model, { text, other: model, signal: 'h', seed })
    expect(at(3).units).toEqual(at(3).units)
    expect(at(3).means.rotated).not.toBe(at(4).means.rotated)
    expect(at(3).means.rotated).toBeLessThan(at(3).means.best)
  })

  it('refuses models that read the text as other symbols, and unknown signals', () => {
    expect(() => matchUnits(model, { text, other: words, signal: 'h', seed: 0 })).toThrow(/other: .*words/)
    expect(() => matchUnits(model, { text, other, signal: 'c', seed: 0 })).toThrow(/has no "c"/)
    expect(() => matchUnits(model, { text: 'ЖЖ', other, signal: 'h', seed: 0 })).toThrow(/never seen "Ж"/)
  })
})

/** A tanh network, and the same function with its units in another order, some with the opposite sign. */
function permutedRnn() {
  const size = 5
  const original = openModel(trained({ model: { cell: 'rnn', hidden: size, embedding: 4 } }), executor)
  const to = [3, 0, 4, 1, 2]
  const sign = [1, -1, 1, 1, -1]
  const weights = new Map(original.weights)
  const moved = (name: string, columns: number, flipsColumns: boolean) => {
    const { shape, data } = weights.get(name)!
    const next = new Float64Array(data.length)
    for (let r = 0; r < size; r++)
      for (let c = 0; c < columns; c++) {
        const [row, column] = [to[r]!, flipsColumns ? to[c]! : c]
        next[row * columns + column] = data[r * columns + c]! * sign[r]! * (flipsColumns ? sign[c]! : 1)
      }
    weights.set(name, { shape, data: next })
  }
  moved('layers.0.w_ih', 4, false)
  moved('layers.0.w_hh', size, true)
  moved('layers.0.b_ih', 1, false)
  moved('layers.0.b_hh', 1, false)
  return { original, permuted: { ...original, weights }, to, sign }
}

describe('the one-to-one assignment', () => {
  it('is the best of all permutations, for more rows, more columns and as many', () => {
    for (const [rows, columns, seed] of [
      [4, 4, 1],
      [3, 5, 2],
      [5, 3, 3],
      [1, 4, 4],
    ] as const) {
      const score = Array.from(
        { length: rows * columns },
        (_, i) => Math.abs(Math.sin(seed * 77 + i * 12.9898) * 43758.5453) % 1,
      )
      const result = [...assign(score, rows, columns)]
      const total = result.reduce((sum, c, r) => (c < 0 ? sum : sum + score[r * columns + c]!), 0)
      expect(new Set(result.filter((c) => c >= 0)).size).toBe(Math.min(rows, columns))
      expect(total).toBeCloseTo(bestTotal(score, rows, columns), 12)
    }
  })
})

function bestTotal(
  score: number[],
  rows: number,
  columns: number,
  row = 0,
  used = new Set<number>(),
): number {
  if (row === rows || used.size === columns) return 0
  // With more rows than columns a row may stay without one.
  const skip = rows > columns ? bestTotal(score, rows, columns, row + 1, used) : -Infinity
  const taken = Array.from({ length: columns }, (_, c) =>
    used.has(c)
      ? -Infinity
      : score[row * columns + c]! + bestTotal(score, rows, columns, row + 1, new Set([...used, c])),
  )
  return Math.max(skip, ...taken)
}
