// The rule of the verdict words: each word follows from numbers, which are said beside it, and modes that disagree are shown.
import { describe, expect, it } from 'vitest'
import type { CausalCard, GeneratedRates, InterventionEffect } from '@contract/effect.ts'
import type { GradedRanking, LabelRanking } from '@contract/inspect.ts'
import { parseIntervention } from '@contract/intervention.ts'
import { heldVariants, usedClasses, verdictRows, wordOf } from '@contract/verdict.ts'

const ranking = (auc: number, nullAuc: number, controlAuc = 0.6): LabelRanking => ({
  kind: 'boolean',
  predicate: 'quote or vowel',
  positions: 1000,
  positives: 300,
  units: 128,
  step: 7,
  nullAuc,
  controlAuc,
  dense: { layer: 0, signal: 'c', auc: 1, controlAuc: 0.9 },
  scores: [{ layer: 0, signal: 'c', unit: 90, auc, f1: 0.9, sign: 1, threshold: 0.5 }],
})
const operations = ['set(0)', 'resample', 'set(mean)', 'set(median(not (quote)))', 'set(median(quote))']
/** Changes of one class under the five operations. */
const effectOf = (changes: number[][], counts: number[]): InterventionEffect => ({
  step: 7,
  positions: 999,
  predicate: 'quote',
  loss: 1,
  classes: counts.map((count, i) => ({ name: `class ${i}`, held: i % 2 === 0, count, loss: 1 })),
  effects: operations.map((one, o) => ({
    interventions: [one],
    all: 0,
    classes: changes.map((change) => change[o]!),
  })),
})
const causalOf = (changes: number[][], counts: number[], medians: number[]): CausalCard => {
  const effect = effectOf(changes, counts)
  const used = usedClasses(operations, effect, medians)
  return { layer: 0, signal: 'c', unit: 90, operations, effect, medians: { all: 0, classes: medians }, largerShare: 0.01, used }
} // prettier-ignore
const ratesOf = (...intervals: [number, number][]): GeneratedRates => ({
  step: 7,
  predicate: 'quote',
  among: null,
  samples: 64,
  length: 200,
  seed: 1,
  variants: intervals.map(([low, high]) => ({
    interventions: [],
    rate: (low + high) / 2,
    low,
    high,
    loss: 1,
    realWords: 0.9,
    example: '',
  })),
})

describe('represents', () => {
  it.each([
    [0.77, 0.56, true],
    [0.76, 0.57, false],
  ])('a unit of AUC %s over shuffled labels of %s: %s', (auc, shuffled, holds) => {
    const [row] = verdictRows({ ranking: ranking(auc, shuffled), causal: null, rates: null })
    expect(row).toMatchObject({ word: 'represents', holds })
    for (const number of [auc, shuffled]) expect(row!.numbers[0]).toContain(number.toFixed(3))
    expect(row!.numbers[0]).toContain('margin 0.2')
  })

  it('says where knowing the symbol alone is enough', () => {
    const [row] = verdictRows({ ranking: ranking(0.9, 0.55, 0.92), causal: null, rates: null })
    expect(row!.numbers[1]).toMatch(/0\.920: knowing the symbol alone is enough$/)
  })

  it('takes the correlation of a number in the direction of the ranking half', () => {
    const graded: GradedRanking = {
      ...ranking(0, 0),
      kind: 'number',
      nullCorrelation: 0.1,
      controlCorrelation: 0.2,
      dense: { layer: 0, signal: 'c', correlation: 1, controlCorrelation: 0.1 },
      scores: [{ layer: 0, signal: 'c', unit: 3, correlation: -0.97, sign: -1 }],
    }
    const [represents, , controls] = verdictRows({ ranking: graded, causal: null, rates: null })
    expect(represents).toMatchObject({ holds: true })
    expect(represents!.numbers[0]).toContain('correlation 0.970')
    expect(controls).toMatchObject({ holds: null })
  })
})

describe('is used', () => {
  const rowOf = (changes: number[], count = 40, median = 0.1) =>
    verdictRows({ ranking: ranking(1, 0.5), causal: causalOf([changes], [count], [median]), rates: null })[1]!

  it('needs two operations over five times the median unit, on a class of ten symbols', () => {
    expect(rowOf([1.4, 1.6, 0, 0, 0]).holds).toBe(true)
    expect(rowOf([1.4, 0.49, 0, 0, 0]).holds).toBe(false)
    expect(rowOf([1.4, -1.6, 0, 0, 0]).holds).toBe(false)
    expect(rowOf([1.4, 1.6, 0, 0, 0], 9).holds).toBe(false)
    expect(rowOf([0.5, 0.5, 0, 0, 0]).holds).toBe(false)
    expect(wordOf(rowOf([0, 0, 0, 0, 0]))).toBe('is not used')
  })

  it('shows every operation by itself, and says that they disagree', () => {
    const [line] = rowOf([1.43, 1.64, -0.62, 4.38, -0.14]).numbers
    for (const part of ['+1.430 at 0', '+1.640 at random', '−0.620 at mean', '+4.380 as where not', '−0.140 as where it holds', 'bound 0.500'])
      expect(line).toContain(part)
    expect(line).toMatch(/^class 0 \(holds\): .*; the modes disagree$/)
    expect(rowOf([1.4, 1.6, -0.4, 0, 0]).numbers[0]).not.toContain('disagree')
  }) // prettier-ignore

  it('is not said before it is measured', () => {
    const [, used] = verdictRows({ ranking: ranking(1, 0.5), causal: null, rates: null })
    expect([used!.holds, wordOf(used!)]).toEqual([null, 'is used: not measured'])
  })
})

describe('controls', () => {
  const rowOf = (...intervals: [number, number][]) =>
    verdictRows({ ranking: ranking(1, 0.5), causal: null, rates: ratesOf(...intervals) })[2]!

  it('needs two intervals that lie apart', () => {
    expect(rowOf([0.4, 0.5], [0.8, 0.9], [0.1, 0.2]).holds).toBe(true)
    expect(rowOf([0.4, 0.5], [0.55, 0.65], [0.45, 0.52]).holds).toBe(true)
    expect(rowOf([0.4, 0.5], [0.45, 0.6], [0.3, 0.45]).holds).toBe(false)
    expect(rowOf([0.4, 0.5], [NaN, NaN], [0.45, 0.5]).holds).toBe(false)
    expect(rowOf([0.4, 0.5], [0.8, 0.9], [0.1, 0.2]).numbers[2]).toContain('0.850 (0.800 to 0.900)')
  })

  it('holds the unit at its medians by interventions that are read back', () => {
    const variants = heldVariants({ layer: 1, signal: 'c', unit: 5, score: 1 }, 'quote or vowel')
    expect(variants.map(([one]) => parseIntervention(one!))).toMatchObject([
      { layer: 1, signal: 'c', units: [5] },
      { layer: 1, signal: 'c', units: [5] },
    ])
    expect(variants[1]).toEqual(['L2.c[5]=set(median(not (quote or vowel)))'])
  })
})
