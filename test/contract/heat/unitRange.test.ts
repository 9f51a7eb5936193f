// The colour range of one unit.
import { expect, it } from 'vitest'
import { jointRange, unitRange, valuesOf } from '@contract/heat/unitRange.ts'

it('holds 99.5 % of |value|, symmetric around 0, without what is not a number', () => {
  const column = Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1000)
  column[0] = NaN
  expect(unitRange(column, 'free').hi).toBeCloseTo(0.995, 2)
  expect(unitRange(column, 'bounded').lo).toBeCloseTo(-0.995, 2)
  expect(unitRange(new Float32Array([NaN, Infinity]), 'free')).toEqual({ lo: NaN, hi: NaN })
})

it('lies between the outer quantiles of a gate', () => {
  const { lo, hi } = unitRange(
    Float32Array.from({ length: 1001 }, (_, i) => 0.4 + i / 10_000),
    'gate',
  )
  expect(lo).toBeCloseTo(0.4005, 4)
  expect(hi).toBeCloseTo(0.4995, 4)
})

it('takes one unit of a grid (T, H), and joins ranges', () => {
  const grid = { units: 2, values: Float32Array.of(1, 10, -3, 20, 2, 30) }
  expect([...valuesOf(grid, 0)]).toEqual([1, -3, 2])
  expect(
    jointRange([
      { lo: -1, hi: 1 },
      { lo: NaN, hi: NaN },
      { lo: -3, hi: 3 },
    ]),
  ).toEqual({ lo: -3, hi: 3 })
})
