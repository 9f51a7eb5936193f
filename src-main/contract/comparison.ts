// Comparison of runs, the same in every shell: the best values of a row, and the values at a step that all runs have reached.
import { largest, least } from './longLists.ts'
import { metricRow, type Direction } from './metrics.ts'
import type { RunRow } from './run.ts'

/**
 * A key that is equal for two runs if and only if the values of a metric can be ranked between them: the description of the data, then its
 * options and those that the metric depends on.
 */
export function comparisonKey(metric: string, { task, config }: Pick<RunRow, 'task' | 'config'>): string {
  const { loss, classWeights } = config.train
  const { activityRegularization, fraternalDropout } = config.regularization
  const data = Object.entries(config.data).filter(([key]) => key !== 'validation')
  const { dependsOn } = metricRow(metric) ?? {}
  const lossOptions = dependsOn ? [loss, classWeights] : []
  const penaltyOptions = dependsOn === 'objective' ? [activityRegularization, fraternalDropout] : []
  return `${task.data} ${JSON.stringify([task.id, data.sort(), lossOptions, penaltyOptions])}`
}

/**
 * Indices of the best values of a row (ties included) within each group of equal `keys`, which has one entry per value. Empty without a
 * direction; groups of fewer than two finite values, and of equal values, have no best one.
 */
export function bestIndices(
  values: readonly (number | null)[],
  keys: readonly unknown[],
  direction: Direction,
): Set<number> {
  const groups = direction ? new Set(keys) : []
  return new Set(
    [...groups].flatMap((meaning) => {
      const ranked = values.flatMap((value, i) =>
        keys[i] === meaning && value !== null && Number.isFinite(value) ? [{ value, i }] : [],
      )
      if (ranked.length < 2) return []
      const numbers = ranked.map(({ value }) => value)
      const best = direction === 'min' ? least(numbers) : largest(numbers)
      const first = ranked.filter(({ value }) => value === best)
      return first.length === ranked.length ? [] : first.map(({ i }) => i)
    }),
  )
}

/** The last step that all runs have reached; null if all are at the same step, or one has not begun. */
export function commonStep(steps: readonly number[]): number | null {
  const [low, high] = [least(steps), largest(steps)]
  return steps.length > 1 && low > 0 && low < high ? low : null
}

/** Best and last value of a curve, with their steps; null if there is none. */
export interface Measured {
  best: number | null
  bestStep: number | null
  last: number | null
  lastStep: number | null
}

/** Best and last value of a curve up to a step, inclusive. */
export function measuredUpTo(
  columns: { steps: ArrayLike<number>; values: ArrayLike<number> } | undefined,
  step: number,
  direction: Direction,
): Measured {
  const found: Measured = { best: null, bestStep: null, last: null, lastStep: null }
  for (let i = 0; i < (columns?.steps.length ?? 0); i++) {
    const [at, value] = [columns!.steps[i]!, columns!.values[i]!]
    if (at > step) continue
    if (at >= (found.lastStep ?? 0)) [found.last, found.lastStep] = [value, at]
    const better = found.best === null || (direction === 'max' ? value > found.best : value < found.best)
    if (direction && Number.isFinite(value) && better) [found.best, found.bestStep] = [value, at]
  }
  return found
}
