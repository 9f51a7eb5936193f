// The separation of values by a label equals a brute-force count.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaUnderCurve, bestThreshold, f1At, rankValues } from './exactSeparation.ts'

describe('separation', () => {
  const column = fc.array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true, noDefaultInfinity: true })),
    { minLength: 2, maxLength: 60 },
  )
  const labelled = column.chain((values) =>
    fc.tuple(
      fc.constant(Float32Array.from(values)),
      fc
        .array(fc.integer({ min: 0, max: 1 }), { minLength: values.length, maxLength: values.length })
        .map((l) => Uint8Array.from(l)),
    ),
  )

  it('area under the curve equals the count over all pairs, ties half', () => {
    fc.assert(
      fc.property(labelled, ([values, labels]) => {
        let wins = 0
        let pairs = 0
        values.forEach((a, i) =>
          values.forEach((b, j) => {
            if (!labels[i] || labels[j]) return
            pairs++
            wins += a > b ? 1 : a === b ? 0.5 : 0
          }),
        )
        const auc = areaUnderCurve(rankValues(values), labels)
        if (pairs === 0) expect(auc).toBeNaN()
        else expect(auc).toBeCloseTo(wins / pairs, 10)
      }),
    )
  })

  it('the threshold has the best F1 of all, in both directions', () => {
    fc.assert(
      fc.property(labelled, fc.constantFrom(1 as const, -1 as const), ([values, labels], sign) => {
        fc.pre(labels.includes(1))
        // Neighbouring floats have no number between them: keep values apart.
        const apart = values.map((v) => Math.round(v * 8) / 8).map((v) => (Math.abs(v) < 1e5 ? v : 0))
        const best = Math.max(...[...apart].map((cut) => f1At(apart, labels, cut, sign)))
        const cut = bestThreshold(apart, rankValues(apart), labels, sign)
        expect(f1At(apart, labels, cut, sign)).toBeCloseTo(best, 10)
      }),
    )
  })
})
