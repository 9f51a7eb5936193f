// The best unit of a signal for a predicate, fast enough to be found at every validation: a coarse screen of all units on the first half of the
// text, then the exact one of unitSearch for those that come first. The exact one alone takes five times as long.
import type { ClaimResult } from '../../../contract/claim.ts'
import { cutOf } from '../unitSearch/halves.ts'
import { binValues } from '../unitSearch/quantise.ts'
import { screenUnit, type ScreenLabels } from '../unitSearch/screen.ts'

const bins = 128
const half = bins / 2 - 0.25
/** Units that the coarse screen passes on. */
const finalists = 8

/** Values of `units` units at T positions, (T, units). */
export interface UnitValues {
  values: Float32Array
  units: number
}

/** The values of unit `u` at all positions. */
export function columnOf({ values, units }: UnitValues, u: number): Float32Array {
  const column = new Float32Array(values.length / units)
  for (let t = 0, i = u; t < column.length; t++, i += units) column[t] = values[i]!
  return column
}

/** The unit that is best on the first half, with its AUC on the second. `screen` are the labels prepared for the exact screen. */
export function bestUnit(
  recorded: UnitValues,
  labels: Uint8Array,
  screen: ScreenLabels,
): Required<Pick<ClaimResult, 'auc' | 'unit' | 'sign'>> {
  const coarse = coarseAreas(recorded, labels.subarray(0, cutOf(labels)))
  const first = [...coarse.keys()].sort((a, b) => coarse[b]! - coarse[a]!).slice(0, finalists)
  const exact = first.map((unit) => {
    const column = columnOf(recorded, unit)
    return { unit, ...screenUnit(binValues(column, new Uint8Array(column.length))).separation(screen) }
  })
  const { auc, unit, sign } = exact.reduce((a, b) => (b.rankAuc > a.rankAuc ? b : a))
  return { auc, unit, sign }
}

/** Of each unit the larger of AUC and 1 - AUC, from histograms of x / (1 + |x|), which keeps the order of the values. */
function coarseAreas({ values, units }: UnitValues, labels: Uint8Array): Float64Array {
  // Small histograms stay in the cache.
  const Counts = labels.length < 2 ** 16 ? Uint16Array : Uint32Array
  const histograms = [new Counts(units * bins), new Counts(units * bins)] as const
  for (let t = 0, i = 0; t < labels.length; t++) {
    const counts = histograms[labels[t] as 0 | 1]
    for (let u = 0, at = 0; u < units; u++, i++, at += bins) {
      const x = values[i]!
      counts[at + ((half * (1 + x / (1 + Math.abs(x)))) | 0)]!++
    }
  }
  const [negatives, positives] = histograms
  return Float64Array.from({ length: units }, (_, u) => {
    let sum = 0
    let yesBelow = 0
    let noBelow = 0
    for (let b = u * bins; b < (u + 1) * bins; b++) {
      const [yes, no] = [positives[b]!, negatives[b]!]
      sum += yes * (noBelow + no / 2)
      yesBelow += yes
      noBelow += no
    }
    const area = sum / (yesBelow * noBelow)
    return Math.max(area, 1 - area)
  })
}
