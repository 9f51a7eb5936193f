// Thinned curves: what stays was measured, no extreme is lost, and what each point stands for adds up to the whole.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countOf, concatPoints, thin, thinner, type Points } from '../../src-main/contract/thin.ts'

const curve = (values: number[], stride = 1): Points => ({
  steps: Float64Array.from(values, (_, i) => 1 + i * stride),
  values: Float64Array.from(values),
  times: Float64Array.from(values, (_, i) => 1e12 + i),
})
const some = fc.array(
  fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity)),
  { minLength: 1, maxLength: 400 },
)
const finite = (values: Iterable<number>) => [...values].filter(Number.isFinite)
const extremes = (values: Iterable<number>) => finite(values).sort((a, b) => a - b)

describe('a thinned curve', () => {
  it('keeps measured points alone, the extremes, the ends, each kind of non-finite value, and every count', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 30 }), (values, buckets) => {
        const whole = curve(values, 3)
        const few = thin(whole, buckets)
        expect(few.steps.length).toBeLessThanOrEqual(Math.max(7 * buckets, 4 * buckets))
        few.steps.forEach((step, i) => {
          const at = (step - 1) / 3
          expect(Object.is(few.values[i], values[at])).toBe(true)
          expect(few.times[i]).toBe(whole.times[at])
        })
        expect([few.steps[0], few.steps.at(-1)]).toEqual([1, whole.steps.at(-1)])
        expect(extremes(few.values)[0]).toBe(extremes(values)[0])
        expect(extremes(few.values).at(-1)).toBe(extremes(values).at(-1))
        for (const odd of [NaN, Infinity, -Infinity])
          expect(few.values.some((v) => Object.is(v, odd))).toBe(values.some((v) => Object.is(v, odd)))
        expect(countOf(few)).toBe(values.length)
      }),
    )
  })

  it('has the means of what its points stand for: a sum over any of its points is that of the whole', () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.cos(i) * i)
    const { steps, counts, means } = thin(curve(values), 10)
    let sum = 0
    steps.forEach((step, i) => {
      sum += counts![i]! * means![i]!
      expect(sum).toBeCloseTo(
        values.slice(0, step).reduce((a, b) => a + b, 0),
        6,
      )
    })
  })

  it('taken in pieces is that of the whole, and thinned again it still counts all', () => {
    const values = Array.from({ length: 997 }, (_, i) => Math.sin(i * i))
    const whole = curve(values)
    const pieces = thinner(1, 997, 12)
    for (const [from, to] of [
      [0, 1],
      [1, 500],
      [500, 997],
    ] as const)
      pieces.take({
        steps: whole.steps.slice(from, to),
        values: whole.values.slice(from, to),
        times: whole.times.slice(from, to),
      })
    const few = thin(whole, 12)
    expect(pieces.result()).toEqual(few)
    const again = thin(concatPoints([few, curve([7])]), 3)
    expect(countOf(again)).toBe(998)
    expect(extremes(again.values)[0]).toBe(extremes(values)[0])
  })

  it('is the curve itself where that is short', () => {
    const short = curve([1, NaN, 3])
    expect(thin(short, 1)).toBe(short)
  })
})
