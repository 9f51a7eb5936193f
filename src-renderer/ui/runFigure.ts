// The one number that stands for a run in a narrow list, with its name: of a metric that stays the same for all of the run's life. Pure.
import { directionOf, rankingSummary, trainingLoss } from '@contract/metrics.ts'
import type { RunRow } from '@contract/run.ts'
import { formatCount, formatNumber } from './format.ts'
import { isLive } from './status.ts'

export interface RunFigure {
  name: string
  text: string
  /** What the number is, in full. */
  about: string
}

/** The metric that ranks the run, if it is measured all along, else the training loss; of a run that ended without it another that it has. */
function metricOf(run: RunRow): string {
  const { task, summaries, config } = run
  const wanted = config.logging.evalEvery > 0 ? task.rankedBy : trainingLoss.name
  if (isLive(run) || summaries.some(({ name }) => name === wanted)) return wanted
  const found = rankingSummary(run) ?? summaries.find(({ name }) => directionOf(name, task) === 'min')
  return found?.name ?? wanted
}

/** Undefined while nothing was recorded at all. */
export function figureOf(run: RunRow): RunFigure | undefined {
  if (run.summaries.length === 0) return undefined
  const name = metricOf(run)
  const summary = run.summaries.find((one) => one.name === name)
  if (!summary) return { name, text: '–', about: `${name}: not measured yet` }
  const { last, lastStep } = summary
  return { name, text: formatNumber(last), about: `${name} ${last} at step ${formatCount(lastStep)}` }
}
