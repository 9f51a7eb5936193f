// The screen of 256 bins against exact ranks, correlations against plain sums, the dense probe against plain elimination.
import { describe, expect, it } from 'vitest'
import { correlations, standardised } from '../../../src-main/engine/probes/unitSearch/correlate.ts'
import { halvesOf, targetsOf } from '../../../src-main/engine/probes/unitSearch/halves.ts'
import { binValues } from '../../../src-main/engine/probes/unitSearch/quantise.ts'
import { ridgePredictions } from '../../../src-main/engine/probes/unitSearch/ridge.ts'
import { aucOf, screenLabels, screenUnit } from '../../../src-main/engine/probes/unitSearch/screen.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { areaUnderCurve, bestThreshold, f1At, rankValues } from './exactSeparation.ts'

const length = 20_000
const random = (step: number) => randomStream({ seed: [7, 0], step }, 1)
const { tanh, exp } = Math
const sigmoid = (x: number) => 1 / (1 + exp(-x))

/** Labels in runs, as inside quotations, at about this share of positions. */
function runs(share: number, step: number): Uint8Array {
  const { uniform } = random(step)
  const labels = new Uint8Array(length)
  let inside = 0
  for (let t = 0; t < length; t++) {
    if (uniform() < (inside ? 1 / 20 : share / (1 - share) / 20)) inside = 1 - inside
    labels[t] = inside
  }
  return labels
}

const shapes: [name: string, value: (label: number, normal: () => number, t: number) => number][] = [
  ['a bounded unit with noise', (label, normal) => tanh(label + normal())],
  ['a weak unit of small values', (label, normal) => 1e-3 * (0.2 * label + normal())],
  ['a latch', (label, normal) => (label ? 0.9 : -0.9) + 0.02 * normal()],
  ['a saturated gate', (label, normal) => Math.fround(sigmoid(8 + label + 2 * normal()))],
  ['a gate that is often exactly 1', (label, normal) => Math.fround(sigmoid(14 + 2 * label + 6 * normal()))],
  ['a counter with a long tail', (label, normal) => exp(2 * normal() + label)],
  ['a free state far from zero', (label, normal) => 40 - 0.5 * label + normal()],
  ['three values', (label, normal) => Math.sign(Math.round(label + 0.6 * normal()))],
  ['a unit that is constant', () => 0.5],
]

describe('the screen', () => {
  it.each(shapes.flatMap(([name, value]) => [0.5, 0.2, 0.02].map((share) => ({ name, value, share }))))(
    'gives AUC, F1 and threshold of $name for labels at $share of the positions as exact ranks do',
    ({ value, share }) => {
      const labels = runs(share, 1)
      const { normal } = random(2)
      const values = Float32Array.from(labels, (label, t) => value(label, normal, t))
      const [ranking, reporting] = halvesOf(labels, length / 2)
      const early = values.subarray(0, ranking.length)
      const late = values.subarray(ranking.length)
      const ranked = rankValues(early)
      const up = areaUnderCurve(ranked, ranking)
      const sign = up >= 0.5 ? 1 : -1
      const later = areaUnderCurve(rankValues(late), reporting)
      // Ties within a bin cost a tenth of a thousandth; where there are few positives, chance in their order adds to it.
      const near = share < 0.1 ? 4e-4 : 1e-4
      const found = screenUnit(binValues(values, new Uint8Array(length))).score(screenLabels(labels))
      expect(Math.abs(found.rankAuc - (sign > 0 ? up : 1 - up))).toBeLessThan(near)
      expect(found.sign).toBe(sign)
      expect(Math.abs(found.auc - (sign > 0 ? later : 1 - later))).toBeLessThan(near)
      // The F1 of the answer is that of its own threshold, and as good as that of the exact one.
      expect(found.f1).toBeCloseTo(f1At(late, reporting, found.threshold, sign), 6)
      const exact = bestThreshold(early, ranked, ranking, sign)
      expect(f1At(early, ranking, found.threshold, sign)).toBeGreaterThan(
        f1At(early, ranking, exact, sign) - 0.005,
      )
    },
  )

  it('bins keep the order of values, and values that are not numbers do no harm', () => {
    const { normal } = random(3)
    const values = Float32Array.from({ length: 5000 }, () => normal() ** 3)
    const { codes, edges, means } = binValues(values, new Uint8Array(values.length))
    values.forEach((x, t) => {
      expect(codes[t]).toBe(edges.filter((edge) => edge <= x).length)
    })
    expect(edges.length).toBeLessThanOrEqual(255)
    expect([...edges]).toEqual([...edges].sort((a, b) => a - b))
    const held = new Set(codes)
    const kept = [...means].filter((_, b) => held.has(b))
    expect(kept).toEqual([...kept].sort((a, b) => a - b))
    const broken = Float32Array.of(NaN, Infinity, 1, 2, -Infinity, NaN)
    expect(binValues(broken, new Uint8Array(6)).codes).toHaveLength(6)
  })

  it('correlates as plain sums do', () => {
    const { normal, uniform } = random(4)
    const target = Float64Array.from({ length }, (_, t) => t % 61)
    for (const value of [
      (y: number) => 0.1 * y + normal(),
      (y: number) => -exp(0.05 * y) * uniform(),
      (y: number) => 25 + y,
    ]) {
      const values = Float32Array.from(target, value)
      const [found] = correlations(binValues(values, new Uint8Array(length)), [standardised(target)])
      expect(Math.abs(found!.rankCorrelation - pearson(...halves(values, target, 0)))).toBeLessThan(3e-4)
      expect(Math.abs(found!.correlation - pearson(...halves(values, target, 1)))).toBeLessThan(3e-4)
    }
    const constant = binValues(new Float32Array(length).fill(3), new Uint8Array(length))
    expect(correlations(constant, [standardised(target)])).toEqual([{ rankCorrelation: 0, correlation: 0 }])
  })
})

const halves = (values: Float32Array, target: Float64Array, half: 0 | 1) =>
  [[...values], [...target]].map((all) => all.slice((half * length) / 2, ((half + 1) * length) / 2)) as [
    number[],
    number[],
  ]

function pearson(a: number[], b: number[]): number {
  const mean = (x: number[]) => x.reduce((sum, one) => sum + one, 0) / x.length
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: number[], mx: number, y: number[], my: number) =>
    x.reduce((sum, one, i) => sum + (one - mx) * (y[i]! - my), 0)
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}

describe('the dense probe', () => {
  it('solves the normal equations of standardised units, and predicts the other half', () => {
    const n = 600
    const { normal } = random(5)
    const columns = [0, 1, 2].map(() => Float32Array.from({ length: n }, () => Math.round(3 * normal())))
    const target = Float64Array.from(
      { length: n },
      (_, t) => 2 * columns[0]![t]! - columns[2]![t]! + 0.5 * normal(),
    )
    const units = columns.map((values) => binValues(values, new Uint8Array(n)))
    const [found] = ridgePredictions(referenceExecutor(), units, [target], n / 2)
    const scaled = columns.map((values) => {
      const early = [...values].slice(0, n / 2)
      const mean = early.reduce((sum, x) => sum + x, 0) / early.length
      const deviation = Math.sqrt(early.reduce((sum, x) => sum + (x - mean) ** 2, 0) / early.length)
      return Array.from(values, (x) => (x - mean) / deviation)
    })
    const early = [...target].slice(0, n / 2)
    const mean = early.reduce((sum, y) => sum + y, 0) / early.length
    const dot = (a: number[], b: number[]) => early.reduce((sum, _, t) => sum + a[t]! * b[t]!, 0)
    const rows = scaled.map((a, i) => [
      ...scaled.map((b, j) => dot(a, b) + (i === j ? 1e-3 * early.length : 0)),
      dot(
        a,
        early.map((y) => y - mean),
      ),
    ])
    const weights = eliminate(rows)
    for (let t = n / 2; t < n; t++)
      expect(found![t - n / 2]).toBeCloseTo(
        scaled.reduce((sum, x, u) => sum + x[t]! * weights[u]!, 0),
        6,
      )
  })

  it('ranks predictions by their area under the curve', () => {
    const labels = runs(0.3, 6)
    const { normal } = random(7)
    const scores = Float32Array.from(labels, (label) => label + normal())
    expect(Math.abs(aucOf(scores, labels) - areaUnderCurve(rankValues(scores), labels))).toBeLessThan(1e-4)
  })
})

/** x with A x = b for rows [A | b], by Gauss and Jordan. */
function eliminate(rows: number[][]): number[] {
  rows.forEach((row, i) => {
    const pivot = row[i]!
    row.forEach((x, j) => (row[j] = x / pivot))
    for (const other of rows) {
      if (other === row) continue
      const factor = other[i]!
      other.forEach((x, j) => (other[j] = x - factor * row[j]!))
    }
  })
  return rows.map((row) => row.at(-1)!)
}

describe('targets of a search', () => {
  const types = Int32Array.from({ length }, (_, t) => (t * 7919) % 31)

  it('are the predicate, four circular shifts by 2,000 symbols or more, and labels that depend on the symbol alone', () => {
    const labels = runs(0.3, 8)
    const { shifted, perType } = targetsOf(labels, types, 'p')
    expect(shifted).toHaveLength(4)
    for (const one of shifted) {
      const by = Array.from({ length }, (_, k) => k).find((k) =>
        [0, 1, 2, 3, 4, 99, 5000].every(
          (t) =>
            [...one.subarray(t, t + 200)].join() ===
            Array.from({ length: 200 }, (_, i) => labels[(t + i + k) % length]).join(),
        ),
      )!
      expect(by).toBeGreaterThanOrEqual(2000)
      expect(by).toBeLessThanOrEqual(length - 2000)
    }
    const positives = (one: ArrayLike<number>) => Array.from(one).reduce((sum, x) => sum + x, 0)
    for (const one of perType) {
      const byType = new Map(types.entries().map(([t, type]) => [type, one[t]!]))
      expect([...one].every((label, t) => label === byType.get(types[t]!))).toBe(true)
      expect(Math.abs(positives(one) - positives(labels)) / length).toBeLessThan(0.04)
    }
    expect(new Set(perType.map((one) => one.join())).size).toBe(3)
  })

  it('of one span are cut in its middle, so that both halves have it', () => {
    const labels = Uint8Array.from({ length }, (_, t) => Number(t >= 300 && t < 320))
    expect(targetsOf(labels, types, 'span').cut).toBe(310)
    const values = Float32Array.from(labels, (label, t) => label + (t === 315 ? -2 : 0))
    const found = screenUnit(binValues(values, new Uint8Array(length))).score(screenLabels(labels))
    // Of the 10 positions of the second half one is below all others.
    expect(found).toMatchObject({ sign: 1, rankAuc: 1, f1: expect.closeTo(18 / 19, 6) as number })
    expect(found.auc).toBeCloseTo(0.9, 6)
  })

  it('of a number are numbers per type', () => {
    const { perType } = targetsOf(
      Float64Array.from(types, (_, t) => t % 60),
      types,
      'column',
    )
    expect(new Set(perType[0]).size).toBe(31)
  })

  it.each([
    ['never holds', new Uint8Array(100)],
    ['always holds', new Uint8Array(100).fill(1)],
    ['never holds', Uint8Array.from({ length: 100 }, (_, t) => Number(t === 3))],
    ['always holds', Uint8Array.from({ length: 100 }, (_, t) => Number(t < 30))],
    ['is 2 at every symbol', new Float64Array(100).fill(2)],
  ])('refuse a predicate that %s in one half', (message, target) => {
    expect(() => targetsOf(target, types.subarray(0, 100), 'p')).toThrow(
      expect.objectContaining({
        code: 'E_ARG',
        message: expect.stringContaining(message) as string,
      }) as Error,
    )
  })
})
