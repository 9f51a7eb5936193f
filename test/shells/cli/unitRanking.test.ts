// What the terminal prints of ranked units: the baselines, then a row per unit, layers from 1.
import { expect, it } from 'vitest'
import { rankingLines } from '../../../src-main/shells/cli/unitRanking.ts'

const facts = { positions: 1900, units: 768, step: 20 }

it('prints AUC, F1 and threshold where a predicate holds or does not', () => {
  const lines = rankingLines({
    ...facts,
    kind: 'boolean',
    predicate: 'quote',
    positives: 300,
    nullAuc: 0.57,
    controlAuc: 0.8,
    dense: { layer: 1, signal: 'c', auc: 0.999, controlAuc: 0.97 },
    scores: [{ layer: 1, signal: 'c', unit: 3, sign: -1, auc: 0.99, f1: 0.9, threshold: -0.25 }],
  })
  expect(lines[0]).toBe('quote: holds at 300 of 1900 positions; 768 units')
  expect(lines[1]).toContain('AUC up to 0.57; random label per symbol 0.8')
  expect(lines[2]).toBe('all units of c in layer 2 together: AUC 0.999 (random label per symbol 0.97)')
  expect(lines.at(-1)).toMatch(/^ +2 +c +3 +0\.99 +0\.9 +low +-0\.25$/)
})

it('prints the signed correlation with a number', () => {
  const lines = rankingLines({
    ...facts,
    kind: 'number',
    predicate: 'column',
    nullCorrelation: 0.08,
    controlCorrelation: 0.5,
    dense: { layer: 0, signal: 'h', correlation: 0.95, controlCorrelation: 0.8 },
    scores: [{ layer: 0, signal: 'h', unit: 7, sign: -1, correlation: -0.91 }],
  })
  expect(lines[0]).toBe('column: correlation with 768 units at 1900 positions')
  expect(lines[2]).toContain('all units of h in layer 1 together: 0.95')
  expect(lines.at(-1)).toMatch(/^ +1 +h +7 +-0\.91$/)
  expect(lines.join()).not.toMatch(/AUC|F1/)
})
