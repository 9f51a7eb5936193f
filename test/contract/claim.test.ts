// Claims as data: the text of a target, what is refused, and when a claim was born.
import { describe, expect, it } from 'vitest'
import {
  birthOf,
  claimMetric,
  claimOfMetric,
  claimSchema,
  keyStem,
  newClaim,
  parseTarget,
  targetText,
} from '../../src-main/contract/claim.ts'

describe('the target of a claim', () => {
  it.each([
    ['L1.c[90]+', { layer: 0, signal: 'c', unit: 90, sign: 1 }],
    ['L2.h[0]-', { layer: 1, signal: 'h', unit: 0, sign: -1 }],
    ['L12.c', { layer: 11, signal: 'c', unit: null, sign: 1 }],
  ] as const)('%s is read and written again', (text, target) => {
    expect(parseTarget(text)).toEqual(target)
    expect(targetText(target)).toBe(text)
  })
  it('takes + without a sign', () => expect(parseTarget(' L1.c[ 4 ] ').sign).toBe(1))
  it.each(['c[90]', 'L0.c', 'L1.c[90', 'L1.c[-1]', 'L1.c-', ''])('refuses %j', (text) =>
    expect(() => parseTarget(text)).toThrow(/unit: expected L1\.c\[90\]\+/),
  )
})

describe('a new claim', () => {
  const given = { predicate: 'quote', layer: 0, signal: 'c' }
  const faults = (more: object) =>
    newClaim
      .safeParse({ ...given, ...more })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  it('is about the best unit and holds from an AUC of 0.95, if nothing else is said', () =>
    expect(newClaim.parse(given)).toEqual({ ...given, unit: null, sign: 1, threshold: 0.95 }))
  it.each([
    [{ predicate: 'quotee' }, /predicate: .*did you mean quote/],
    [{ predicate: 'column' }, /predicate: is a number at each symbol; compare it/],
    [{ intervention: 'c=3' }, /intervention: .*expected a layer/],
    [{ threshold: 1.2 }, /threshold/],
    [{ sign: 0 }, /sign/],
  ])('%j is refused with the place', (more, message) => expect(faults(more)?.join()).toMatch(message))
})

it('the curve of a claim has its key, which the name gives back', () => {
  expect(claimOfMetric(claimMetric('quote-12ab'))).toBe('quote-12ab')
  expect(claimOfMetric(claimMetric('quote-12ab', 'unit'))).toBeUndefined()
  expect(claimOfMetric('val/loss')).toBeUndefined()
  for (const predicate of ['quote', 'depth("(", ")") >= 2', '"…"', 'x'.repeat(99)])
    expect(claimSchema.shape.key.safeParse(`${keyStem(predicate)}-abcdef`).success, predicate).toBe(true)
})

it('a claim is born at the first step that reaches its threshold', () => {
  const curve = { steps: [50, 100, 200, 300, 400], values: [0.69, NaN, 0.95, 0.9, 0.998] }
  expect(birthOf(curve, 0.95)).toBe(200)
  expect(birthOf(curve, 0.96)).toBe(400)
  expect(birthOf(curve, 1)).toBeNull()
})
