// A column of the matrix of predicates and runs: each row is what a search by itself finds, and a predicate without a score has its reason.
import { expect, it } from 'vitest'
import { commonPredicates } from '../../../src-main/contract/predicate/common.ts'
import { parsePredicate } from '../../../src-main/contract/predicate/parse.ts'
import { findUnits } from '../../../src-main/engine/index.ts'
import { predicateUnits } from '../../../src-main/engine/probes/unitSearch/predicateUnits.ts'
import { latch, latchText } from './latch.ts'

it('has the first unit of each search, with its score on the other half', () => {
  const model = latch()
  const { rows, text, positions } = predicateUnits(model, {
    text: latchText,
    predicates: ['quote', 'column', 'char("Z")', 'qote'],
  })
  expect([text, positions]).toEqual([latchText, [...latchText].length])
  const [quote, column, never, faulty] = rows
  const search = findUnits(model, { text: latchText, predicate: 'quote', top: 1 })
  expect(search.scores[0]).toMatchObject({ ...quote!.unit, sign: quote!.sign })
  // The second layer may copy the latch: the score says that quotations are known.
  expect(quote!.score).toBeGreaterThan(0.99)
  expect([quote!.kind, column!.kind]).toEqual(['boolean', 'number'])
  expect(column!.score).toBeLessThan(1)
  expect([never!.unit, never!.reason]).toEqual([null, expect.stringMatching(/never holds/) as string])
  expect(faulty!.reason).toMatch(/did you mean quote/)
  expect(() => predicateUnits(model, { text: 'Ж', predicates: ['quote'] })).toThrow(/never seen "Ж"/)
})

it('is asked about predicates of the language if nobody names others', () => {
  expect(commonPredicates.length).toBeGreaterThan(8)
  for (const one of commonPredicates) expect(() => parsePredicate(one)).not.toThrow()
})
