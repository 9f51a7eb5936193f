import { expect, it } from 'vitest'
import { deltaOf, idsOf } from '@/views/compare/comparison.ts'

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
