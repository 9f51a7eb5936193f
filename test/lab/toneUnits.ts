// How well each unit of c tells good reviews from bad ones, by its mean over the review or by its last value. Units and thresholds are chosen
// on the first half of the reviews; accuracies are of the second.
import type { Review } from '../../src-main/engine/data/twoTone.ts'
import { inspectText, type TrainedModel } from '../../src-main/engine/index.ts'

/** One unit read in one way. */
export interface ToneUnit {
  unit: number
  feature: 'mean' | 'last'
  /** +1 if the unit is higher in good reviews. */
  sign: 1 | -1
  /** Accuracy on the ranking half at the best threshold, and on the other half at that threshold. */
  ranked: number
  accuracy: number
}

/** All units, by accuracy on the ranking half, best first; each with the better of its two features. */
export function toneUnits(model: TrainedModel, reviews: readonly Review[]): ToneUnit[] {
  const text = reviews.map((review) => `${review.text}\n`).join('')
  const { values, units } = inspectText(model, { text, layer: 0, signal: 'c' })
  const means = reviews.map(() => new Float64Array(units))
  const lasts = reviews.map(() => new Float64Array(units))
  let at = 0
  reviews.forEach(({ text: { length } }, r) => {
    for (let t = at; t < at + length; t++)
      for (let u = 0; u < units; u++) means[r]![u]! += values[t * units + u]! / length
    lasts[r]!.set(values.subarray((at + length - 1) * units, (at + length) * units))
    at += length + 1
  })
  const good = reviews.map((review) => review.good)
  return Array.from({ length: units }, (_, unit) => {
    const [mean, last] = [means, lasts].map((rows) =>
      splitScore(
        rows.map((row) => row[unit]!),
        good,
      ),
    ) as [Score, Score]
    return mean.ranked >= last.ranked
      ? { unit, feature: 'mean' as const, ...mean }
      : { unit, feature: 'last' as const, ...last }
  }).sort((a, b) => b.ranked - a.ranked)
}

type Score = Pick<ToneUnit, 'sign' | 'ranked' | 'accuracy'>

/** The best threshold on the first half of some values, and its accuracy on both halves. */
export function splitScore(values: readonly number[], good: readonly boolean[]): Score {
  const middle = values.length >> 1
  const order = Array.from({ length: middle }, (_, r) => r).sort((a, b) => values[a]! - values[b]!)
  const goods = order.filter((r) => good[r]).length
  /** Reviews called right if those from index `cut` of the order on are called good. */
  let right = goods
  let best = { right, cut: 0, sign: 1 as 1 | -1 }
  order.forEach((r, i) => {
    right += good[r] ? -1 : 1
    for (const [count, sign] of [
      [right, 1],
      [middle - right, -1],
    ] as const)
      if (count > best.right) best = { right: count, cut: i + 1, sign }
  })
  const { cut, sign } = best
  const value = (i: number) => values[order[Math.min(Math.max(i, 0), middle - 1)]!]!
  const threshold = (value(cut - 1) + value(cut)) / 2
  const held = values.slice(middle)
  const hits = held.filter((v, i) => sign * (v - threshold) > 0 === good[middle + i]).length
  return { sign, ranked: best.right / middle, accuracy: hits / held.length }
}
