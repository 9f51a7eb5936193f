import { expect, it } from 'vitest'
import { commonStep, deltaOf, idsOf, leaders, measuredUpTo } from '@/views/compare/comparison.ts'

it('finds the leaders of a row by direction, ties included', () => {
  expect([...leaders([1, 0.5, 0.5, null, NaN], 'min')]).toEqual([1, 2])
  expect([...leaders([1, 0.5, 2], 'max')]).toEqual([2])
  expect(leaders([1, 2], null).size).toBe(0)
  expect(leaders([1, null], 'min').size).toBe(0)
  expect(leaders([3, 3], 'min').size).toBe(0)
})

it('words the distance to the baseline and whether it is good', () => {
  expect(deltaOf(1.2, 1.32, 'min')).toEqual({ text: '−0.120 (−9.1 %)', good: true })
  expect(deltaOf(0.9, 0.6, 'max')).toEqual({ text: '+0.300 (+50 %)', good: true })
  expect(deltaOf(2, 1, 'min')!.good).toBe(false)
  expect(deltaOf(2, 0, null)).toEqual({ text: '+2.00', good: null })
  expect(deltaOf(1, 1, 'min')).toEqual({ text: '±0', good: null })
  expect(deltaOf(NaN, 1, 'min')).toBeNull()
  expect(deltaOf(1, null, 'min')).toBeNull()
})

it('reads ids from a link and ignores what is none', () => {
  const [a, b] = ['0'.repeat(26), '1'.repeat(26)]
  expect(idsOf(`${a},${b},${a},<img>,`)).toEqual([a, b])
  expect(idsOf([a, b])).toEqual([a, b])
  expect(idsOf(undefined)).toEqual([])
})

it('compares up to the last step that all runs have reached', () => {
  expect(commonStep([300, 1000, 700])).toBe(300)
  expect(commonStep([300, 300])).toBeNull()
  expect(commonStep([300])).toBeNull()
  expect(commonStep([0, 300])).toBeNull()
})

it('reads the best and the last value up to a step, each with the step it was measured at', () => {
  const columns = { steps: [100, 200, 300, 400], values: [3, 1, 2, 0.5] }
  expect(measuredUpTo(columns, 350, 'min')).toEqual({ best: 1, bestStep: 200, last: 2, lastStep: 300 })
  expect(measuredUpTo(columns, 1e9, 'max')).toEqual({ best: 3, bestStep: 100, last: 0.5, lastStep: 400 })
  expect(measuredUpTo(columns, 50, 'min')).toEqual({ best: null, bestStep: null, last: null, lastStep: null })
  expect(measuredUpTo({ steps: [1, 2], values: [NaN, 5] }, 2, 'min')).toMatchObject({ best: 5, last: 5 })
  expect(measuredUpTo(undefined, 5, 'min').last).toBeNull()
})
