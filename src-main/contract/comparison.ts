// What a comparison of runs says of its values, the same behind every door: which is best, and what stood at a step that all have reached.
import { largest, least } from './longLists.ts'
import { metricRow, type Direction } from './metrics.ts'
import type { RunRow } from './run.ts'

/**
 * What a metric of a run measures: equal for two runs exactly where their values can be ranked. It begins with the data in words; then come
 * the data's options and the settings that the metric depends on.
 */
export function meaningOf(metric: string, { task, config }: Pick<RunRow, 'task' | 'config'>): string {
  const { loss, classWeights } = config.train
  const { activityRegularization, fraternalDropout } = config.regularization
  const data = Object.entries(config.data).filter(([key]) => key !== 'validation')
  const { dependsOn } = metricRow(metric) ?? {}
  const judged = dependsOn ? [loss, classWeights] : []
  const added = dependsOn === 'objective' ? [activityRegularization, fraternalDropout] : []
  return `${task.data} ${JSON.stringify([task.id, data.sort(), judged, added])}`
}

/**
 * Indices of the best values of a row (ties share), among those that mean the same: `meanings` has one entry per value. None without a
 * direction, and none where fewer than two numbers are ranked or all are equal.
 */
export function leaders(
  values: readonly (number | null)[],
  meanings: readonly unknown[],
  direction: Direction,
): Set<number> {
  const groups = direction ? new Set(meanings) : []
  return new Set(
    [...groups].flatMap((meaning) => {
      const ranked = values.flatMap((value, i) =>
        meanings[i] === meaning && value !== null && Number.isFinite(value) ? [{ value, i }] : [],
      )
      if (ranked.length < 2) return []
      const numbers = ranked.map(({ value }) => value)
      const best = direction === 'min' ? least(numbers) : largest(numbers)
      const first = ranked.filter(({ value }) => value === best)
      return first.length === ranked.length ? [] : first.map(({ i }) => i)
    }),
  )
}

/** The last step that all runs have reached; null where they all stand at the same one or one has not begun. */
export function commonStep(steps: readonly number[]): number | null {
  const [low, high] = [least(steps), largest(steps)]
  return steps.length > 1 && low > 0 && low < high ? low : null
}

export interface Measured {
  best: number | null
  bestStep: number | null
  last: number | null
  lastStep: number | null
}

/** The best and the last value of a curve up to a step, each with the step it was measured at. */
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
