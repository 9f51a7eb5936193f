import fc from 'fast-check'
import { expect, it } from 'vitest'
import { indexOf } from '@contract/heat/colormap.ts'
import { orderUnits, widestUnit, rowOf, heatmapOf } from '@/heatmaps/heatmap.ts'

const grid = (units: number, values: number[], lo = -1, hi = 1) => ({
  units,
  lo,
  hi,
  values: Float32Array.from(values),
})

it('turns (T, H) values into (H, T) entries for any shape', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 150 }), (units, length) => {
      const values = Array.from({ length: units * length }, (_, i) => Math.sin(i))
      const heatmap = heatmapOf(grid(units, values), 'bounded')
      expect(heatmap.length).toBe(length)
      for (let u = 0; u < units; u++) {
        const row = rowOf(heatmap, u)
        for (let t = 0; t < length; t++)
          expect(row[t]).toBe(indexOf(Math.fround(values[t * units + u]!), 'bounded', -1, 1))
      }
    }),
    { numRuns: 40 },
  )
})

it('sums up each unit and skips what is not a number', () => {
  const { stats } = heatmapOf(grid(2, [1, 5, 3, NaN, 5, Infinity], -4, 4), 'free')
  expect(stats[0]).toMatchObject({ mean: 3, min: 1, max: 5 })
  expect(stats[0]!.variance).toBeCloseTo(8 / 3, 9)
  expect(stats[0]!.clipped).toBeCloseTo(1 / 3, 9)
  expect(stats[1]).toMatchObject({ mean: 5, variance: 0, clipped: 1 })
  const still = heatmapOf(grid(1, [1000, 1000.0625, 1000]), 'free').stats[0]!
  expect(still.variance).toBeCloseTo((0.0625 ** 2 * 2) / 9, 9)
})

it('orders units by number, variance, similarity or score', () => {
  const heatmap = heatmapOf(grid(3, [0, 0, 0, 0, 1, 0.1, 0, -1, -0.1]), 'bounded')
  expect(orderUnits(heatmap, 'number')).toEqual([0, 1, 2])
  expect(orderUnits(heatmap, 'variance')).toEqual([1, 2, 0])
  expect(orderUnits(heatmap, 'similarity').toSorted()).toEqual([0, 1, 2])
  expect(widestUnit(heatmap)).toBe(1)
  const score = (unit: number, score: number) => ({ layer: 0, signal: 'h', unit, score })
  expect(orderUnits(heatmap, 'score', [score(2, 0.9), score(0, 0.99)])).toEqual([0, 2, 1])
})
