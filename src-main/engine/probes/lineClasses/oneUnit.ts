// How well one number per line tells a class of lines from the rest: exact AUC, and the accuracy of the best threshold of one half on the other.

/** Values and classes of lines: `of[i]` is 1 if line i has the class. */
export interface ClassedValues {
  values: Float64Array
  of: Uint8Array
}

const sortedOrder = (values: Float64Array): number[] =>
  [...values.keys()].sort((a, b) => values[a]! - values[b]!)

/** Probability that a line of the class has the larger value, ties counting half; NaN if all or no lines have the class. */
export function areaOf({ values, of }: ClassedValues): number {
  const order = sortedOrder(values)
  let [rankSum, positives] = [0, 0]
  for (let i = 0; i < order.length;) {
    let end = i
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++
    // Lines i .. end - 1 are tied: all have the mean of their ranks, which count from 1.
    for (let k = i; k < end; k++)
      if (of[order[k]!]) {
        rankSum += (i + 1 + end) / 2
        positives++
      }
    i = end
  }
  const negatives = order.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** A threshold, above which (sign +1) or below which (-1) a line is said to have the class. */
export interface Threshold {
  sign: 1 | -1
  threshold: number
}

/** The threshold of a given sign that says right of most lines, between two values or beyond all; the first of several. */
export function bestThreshold({ values, of }: ClassedValues, sign: 1 | -1): number {
  const order = sortedOrder(values)
  const value = (i: number) => values[order[i]!]!
  /** Lines said right if those from index `cut` of the order on are above the threshold. */
  let right = of.reduce((sum, is) => sum + (is === (sign > 0 ? 1 : 0) ? 1 : 0), 0)
  let best = { right, cut: 0 }
  order.forEach((line, i) => {
    right += (of[line] === 1) === sign > 0 ? -1 : 1
    const isBorder = i + 1 === order.length || value(i) !== value(i + 1)
    if (right > best.right && isBorder) best = { right, cut: i + 1 }
  })
  if (best.cut === 0) return -Infinity
  if (best.cut === order.length) return Infinity
  return (value(best.cut - 1) + value(best.cut)) / 2
}

/** Share of the lines of which a threshold says the right thing. */
export function accuracyOf({ values, of }: ClassedValues, { sign, threshold }: Threshold): number {
  let right = 0
  values.forEach((value, i) => {
    if ((sign * (value - threshold) > 0 ? 1 : 0) === of[i]) right++
  })
  return right / values.length
}
