// How well a score separates two classes, from exact ranks: the oracle of the screen, which counts in 256 bins. Area under the ROC curve (ties count
// half) and F1 at a threshold.

/** Sorted order and ranks of scores (1..n, ties averaged). */
export interface Ranked {
  /** Indices by increasing value. */
  order: Uint32Array
  ranks: Float64Array
}

/** Ranks scores with a radix sort (least significant digit first, three digits of 11 bits), which is stable and linear in time. */
export function rankValues(values: Float32Array): Ranked {
  const n = values.length
  const bits = new Int32Array(values.slice().buffer)
  // Unsigned integers in the same order as the values; -0 equals 0.
  const keys = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    const b = values[i] === 0 ? 0 : bits[i]!
    keys[i] = b < 0 ? ~b : b ^ 0x80000000
  }
  let order = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  let next = new Uint32Array(n)
  for (let shift = 0; shift < 33; shift += 11) {
    const starts = new Uint32Array(2049)
    for (let i = 0; i < n; i++) starts[((keys[i]! >>> shift) & 2047) + 1]!++
    for (let d = 0; d < 2048; d++) starts[d + 1]! += starts[d]!
    for (let i = 0; i < n; i++) {
      const at = order[i]!
      next[starts[(keys[at]! >>> shift) & 2047]!++] = at
    }
    ;[order, next] = [next, order]
  }
  const ranks = new Float64Array(n)
  for (let from = 0; from < n;) {
    const value = values[order[from]!]
    let to = from + 1
    while (to < n && values[order[to]!] === value) to++
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2
    from = to
  }
  return { order, ranks }
}

/** Area under the ROC curve: probability that a positive has a higher score than a negative; NaN if a class is empty. */
export function areaUnderCurve({ ranks }: Ranked, labels: Uint8Array): number {
  let positives = 0
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    positives += labels[i]!
    sum += labels[i]! * ranks[i]!
  }
  const negatives = labels.length - positives
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** The threshold with the largest F1 (predicted positive: sign * value >= sign * threshold), halfway between two values. */
export function bestThreshold(
  values: Float32Array,
  { order }: Ranked,
  labels: Uint8Array,
  sign: 1 | -1,
): number {
  const n = values.length
  const total = labels.reduce((sum, label) => sum + label, 0)
  const at = (i: number) => values[order[sign > 0 ? n - 1 - i : i]!]!
  let hits = 0
  let best = -1
  let threshold = 0
  for (let i = 0; i < n; i++) {
    hits += labels[order[sign > 0 ? n - 1 - i : i]!]!
    if (i + 1 < n && at(i + 1) === at(i)) continue
    const f1 = (2 * hits) / (i + 1 + total)
    if (f1 > best) {
      best = f1
      threshold = i + 1 < n ? (at(i) + at(i + 1)) / 2 : at(i)
    }
  }
  return threshold
}

/** F1 at a threshold (predicted positive: sign * value >= sign * threshold); 0 without positives. */
export function f1At(values: Float32Array, labels: Uint8Array, threshold: number, sign: 1 | -1): number {
  let hits = 0
  let predicted = 0
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const yes = sign * values[i]! >= sign * threshold ? 1 : 0
    predicted += yes
    total += labels[i]!
    hits += yes & labels[i]!
  }
  return predicted + total === 0 ? 0 : (2 * hits) / (predicted + total)
}
