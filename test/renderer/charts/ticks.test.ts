import { expect, it } from 'vitest'
import { clockText, logTicks, niceTicks, tickText, timeTicks } from '@/charts/ticks.ts'

it.each([
  [1500, '1500'],
  [20000, '20k'],
  [2.5e6, '2.5M'],
  [0.003, '0.003'],
  [0.00001, '1e−5'],
  [-0.00025, '−2.5e−4'],
  [-0.25, '−0.25'],
  [0, '0'],
])('labels the tick %d as %s', (value, text) => expect(tickText(value)).toBe(text))

it.each([
  [7, '0:07'],
  [725, '12:05'],
  [10929, '3:02:09'],
  [0.5, '0.5 s'],
])('labels %d seconds as %s', (seconds, text) => expect(clockText(seconds)).toBe(text))

it('puts time ticks where clocks have them', () => {
  expect(timeTicks(0, 100, 8)).toEqual([0, 15, 30, 45, 60, 75, 90])
  expect(timeTicks(0, 7200, 6)).toEqual([0, 1800, 3600, 5400, 7200])
  expect(timeTicks(5, 5, 6)).toEqual([5])
  expect(timeTicks(0, 1e7, 6).length).toBeLessThanOrEqual(7)
})

it('puts linear ticks at round numbers, also from an odd start', () => {
  expect(niceTicks(10, 1640, 8)).toEqual([250, 500, 750, 1000, 1250, 1500])
  expect(niceTicks(10, 1640, 9)).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600])
  expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3])
  expect(niceTicks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1])
  expect(niceTicks(3, 3, 4)).toEqual([3])
})

it('puts logarithmic ticks within the axis, fewer the more decades there are', () => {
  expect(logTicks(0.72, 4.5)).toEqual([1, 1.5, 2, 3, 4])
  expect(logTicks(0.9, 22)).toEqual([1, 2, 5, 10, 20])
  expect(logTicks(1e-4, 1e2)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100])
  expect(logTicks(1e-20, 1e20).length).toBeLessThan(10)
  expect(logTicks(1.31, 1.39).length).toBeGreaterThan(1)
  expect(logTicks(0, 1)).toEqual([])
})
