// Lists longer than the arguments of a call may be.
import { expect, it } from 'vitest'
import { append, largest, least } from '../../src-main/contract/longLists.ts'
import { initialValues } from '../../src-main/engine/nn/initialise.ts'

const long = Float32Array.from({ length: 500_000 }, (_, i) => Math.sin(i))

it('have extremes, as Math.min and Math.max give them for short ones', () => {
  expect([least(long), largest(long)]).toEqual([
    long.reduce((a, b) => Math.min(a, b)),
    long.reduce((a, b) => Math.max(a, b)),
  ])
  for (const values of [[3, -1, 2], [-0, 0], [1, NaN, 2], [Infinity, 1], []]) {
    expect(least(values)).toBe(Math.min(...values))
    expect(largest(values)).toBe(Math.max(...values))
  }
  expect(largest([], 0)).toBe(0)
})

it('are appended in order', () => {
  const list = [7]
  append(list, long)
  expect([list.length, list[0], list.at(-1)]).toEqual([500_001, 7, long.at(-1)])
})

it('are initialised: orthogonal rows of 200,000 columns have length 1', () => {
  const weight = {
    shape: [1, 200_000],
    role: 'recurrent',
    gates: 1,
    initializer: { kind: 'uniform', bound: 1 },
  } as const
  const values = initialValues({ ...weight, shape: [...weight.shape] }, 'orthogonal', 1, 0)
  expect(values.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(1, 6)
})
