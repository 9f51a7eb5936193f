// Which values of a comparison are best, and which can be ranked at all: those that measure the same.
import { expect, it } from 'vitest'
import { commonStep, bestIndices, comparisonKey, measuredUpTo } from '../../src-main/contract/comparison.ts'
import { readStored } from '../../src-main/engine/config.ts'

it('finds the leaders of a row by direction, ties included', () => {
  const best = (values: (number | null)[], direction: 'min' | 'max' | null) => [
    ...bestIndices(
      values,
      values.map(() => 0),
      direction,
    ),
  ]
  expect(best([1, 0.5, 0.5, null, NaN], 'min')).toEqual([1, 2])
  expect(best([1, 0.5, 2], 'max')).toEqual([2])
  expect(best([1, 2], null)).toEqual([])
  expect(best([1, null], 'min')).toEqual([])
  expect(best([3, 3], 'min')).toEqual([])
})

it('finds them among the values that mean the same', () => {
  expect([...bestIndices([2, 1, 0.1, 0.2, 0.01], ['a', 'a', 'b', 'b', 'c'], 'min')]).toEqual([1, 2])
})

const text = { data: { kind: 'text', dataset: 'mine' } } as const
const lines = { data: { kind: 'examples', dataset: 'mine' } } as const
const same = (metric: string, a: object, b: object) =>
  comparisonKey(metric, readStored({ seed: 1, ...a })) ===
  comparisonKey(metric, readStored({ seed: 1, ...b }))
const withData = (more: object) => ({ data: { ...text.data, ...more } })

it('a metric means the same on the same symbols and answers alone', () => {
  expect(same('val/loss', text, { ...text, model: { cell: 'gru' }, optimizer: { lr: 0.1 } })).toBe(true)
  expect(same('val/loss', text, withData({ validation: 0.2 }))).toBe(true)
  for (const other of [
    lines,
    withData({ dataset: 'other' }),
    withData({ unit: 'word' }),
    withData({ lowercase: true }),
  ])
    expect(same('val/accuracy', text, other)).toBe(false)
})

it('a loss is also a matter of how answers are judged', () => {
  const squares = { ...lines, train: { loss: 'mse' } }
  expect(same('val/loss', lines, squares)).toBe(false)
  expect(same('val/accuracy', lines, squares)).toBe(true)
  const penalised = { ...text, regularization: { activityRegularization: 1 } }
  for (const metric of ['train/loss', 'train/epoch_loss'])
    expect(same(metric, text, penalised), metric).toBe(false)
  expect(same('val/loss', text, penalised)).toBe(true)
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
