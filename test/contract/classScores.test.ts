// Precision, recall and F1 from pairs of classes, against the figures of a hand-made matrix.
import { expect, it } from 'vitest'
import { classScores } from '../../src-main/contract/heldOutAnswers.ts'

it('counts each class, also one that is never answered or never expected', () => {
  // Rows: truth a (5 a, 1 b), b (2 a, 3 b), c (1 b), and d that is only answered (for c: 1).
  const { classes, answers, accuracy, macroF1 } = classScores([
    { expected: 'b', answer: 'a', count: 2 },
    { expected: 'b', answer: 'b', count: 3 },
    { expected: 'a', answer: 'a', count: 5 },
    { expected: 'a', answer: 'b', count: 1 },
    { expected: 'c', answer: 'b', count: 1 },
    { expected: 'c', answer: 'd', count: 1 },
  ])
  const rows = classes.map((one) => [
    one.name,
    one.expected,
    one.answered,
    one.right,
    one.precision,
    one.recall,
  ])
  expect(rows).toEqual([
    ['a', 6, 7, 5, 5 / 7, 5 / 6],
    ['b', 5, 5, 3, 3 / 5, 3 / 5],
    ['c', 2, 0, 0, 0, 0],
    ['d', 0, 1, 0, 0, 0],
  ])
  expect(classes.map(({ f1 }) => f1)).toEqual([10 / 13, 0.6, 0, 0])
  expect([answers, accuracy]).toEqual([13, 8 / 13])
  expect(macroF1).toBeCloseTo((10 / 13 + 0.6) / 4, 12)
})

it('has no figures of no answers', () => {
  expect(classScores([])).toEqual({ classes: [], answers: 0, accuracy: 0, macroF1: 0 })
})
