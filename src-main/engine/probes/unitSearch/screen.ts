// The screen of all units against labels: the area under the ROC curve of every unit from histograms of 256 bins, ties averaged, and F1 at the
// best threshold of the ranking half.
import { cutOf, halvesOf } from './halves.ts'
import { binValues, type BinnedValues } from './quantise.ts'

const bins = 256

/** Positions of one class in one half, the rarer one. */
interface HalfLabels {
  /** Positions of the half, [from, to). */
  from: number
  to: number
  /** Whether the listed positions are those labelled 1. */
  listsPositives: boolean
  listed: Uint32Array
  positives: number
  negatives: number
}

/** Labels prepared for the screen: both halves. */
export type ScreenLabels = readonly [ranking: HalfLabels, reporting: HalfLabels]

function listPositions(labels: Uint8Array, offset: number): HalfLabels {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const negatives = labels.length - positives
  const wanted = positives <= negatives ? 1 : 0
  const listed = new Uint32Array(Math.min(positives, negatives))
  let n = 0
  for (let t = 0; t < labels.length; t++) if (labels[t] === wanted) listed[n++] = t + offset
  return {
    from: offset,
    to: offset + labels.length,
    listsPositives: wanted === 1,
    listed,
    positives,
    negatives,
  }
}

export function screenLabels(labels: Uint8Array): ScreenLabels {
  const [ranking, reporting] = halvesOf(labels, cutOf(labels))
  return [listPositions(ranking, 0), listPositions(reporting, ranking.length)]
}

/** Histograms of one unit in one half: all values, and those labelled 1. */
interface Histogram {
  all: Uint32Array
  positives: Uint32Array
}

/** Area under the ROC curve: the probability that a positive has a larger value than a negative, ties counting half; NaN if a class is empty. */
function areaUnderCurve({ all, positives }: Histogram, labels: HalfLabels): number {
  let sum = 0
  let negativesBelow = 0
  for (let b = 0; b < bins; b++) {
    const yes = positives[b]!
    const no = all[b]! - yes
    sum += yes * (negativesBelow + no / 2)
    negativesBelow += no
  }
  return sum / (labels.positives * labels.negatives)
}

/**
 * The index of the edge at which F1 is largest if values beyond it are called positive. Sign +1: bins after it, all for -1; sign -1: bins up to
 * and including it, all for the number of edges.
 */
function bestEdge({ all, positives }: Histogram, labels: HalfLabels, sign: 1 | -1, edges: number): number {
  let hits = 0
  let called = 0
  let best = -1
  let edge = 0
  for (let i = 0; i <= edges; i++) {
    const b = sign > 0 ? edges - i : i
    hits += positives[b]!
    called += all[b]!
    const f1 = (2 * hits) / (called + labels.positives)
    if (f1 > best) {
      best = f1
      edge = sign > 0 ? b - 1 : b
    }
  }
  return edge
}

function f1At({ all, positives }: Histogram, labels: HalfLabels, sign: 1 | -1, edge: number): number {
  let hits = 0
  let called = 0
  for (let b = sign > 0 ? edge + 1 : 0; sign > 0 ? b < bins : b <= edge; b++) {
    hits += positives[b]!
    called += all[b]!
  }
  return called + labels.positives === 0 ? 0 : (2 * hits) / (called + labels.positives)
}

/** How a unit separates labels: the sign is chosen on the ranking half, `auc` is that of the reporting half. */
export interface Separation {
  sign: 1 | -1
  rankAuc: number
  auc: number
}

/** The screen of one unit. */
export function screenUnit({ codes, edges, counts: all, lo, hi }: BinnedValues) {
  const middle = codes.length >> 1
  /** The histogram of all values in a half, which is counted already if the text is cut in the middle. */
  function wholeOf({ from, to }: HalfLabels): Uint32Array {
    if (from === 0 && to === middle) return all[0]
    if (from === middle) return all[1]
    const counts = new Uint32Array(bins)
    for (let t = from; t < to; t++) counts[codes[t]!]!++
    return counts
  }
  const histograms = (labels: ScreenLabels) =>
    labels.map((half): Histogram => {
      const { listed, listsPositives } = half
      const counts = new Uint32Array(bins)
      for (let i = 0; i < listed.length; i++) counts[codes[listed[i]!]!]!++
      const whole = wholeOf(half)
      if (!listsPositives) for (let b = 0; b < bins; b++) counts[b] = whole[b]! - counts[b]!
      return { all: whole, positives: counts }
    }) as [Histogram, Histogram]

  function separationOf([ranking, reporting]: [Histogram, Histogram], labels: ScreenLabels): Separation {
    const up = areaUnderCurve(ranking, labels[0])
    const sign = up >= 0.5 ? 1 : -1
    const later = areaUnderCurve(reporting, labels[1])
    return { sign, rankAuc: sign > 0 ? up : 1 - up, auc: sign > 0 ? later : 1 - later }
  }

  return {
    separation: (labels: ScreenLabels): Separation => separationOf(histograms(labels), labels),
    /** The separation with F1 of the reporting half at the threshold that is best on the ranking half, in the unit of the signal. */
    score(labels: ScreenLabels): Separation & { f1: number; threshold: number } {
      const both = histograms(labels)
      const found = separationOf(both, labels)
      const edge = bestEdge(both[0], labels[0], found.sign, edges.length)
      return {
        ...found,
        f1: f1At(both[1], labels[1], found.sign, edge),
        threshold: edges[edge] ?? (found.sign > 0 ? lo : hi),
      }
    },
  }
}

/** The area under the ROC curve of any scores, such as predictions. */
export function aucOf(scores: Float32Array, labels: Uint8Array): number {
  const { codes, counts } = binValues(scores, new Uint8Array(scores.length))
  const all = counts[0].map((count, b) => count + counts[1][b]!)
  const positives = new Uint32Array(bins)
  codes.forEach((code, t) => (positives[code]! += labels[t]!))
  return areaUnderCurve({ all, positives }, listPositions(labels, 0))
}
