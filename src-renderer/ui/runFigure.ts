// The one number that stands for a run in a narrow list, with its name: of a metric that stays the same for all of the run's life. Pure.
import { directionOf, type RunRow } from '@contract/run.ts'
import { formatCount, formatNumber } from './format.ts'
import { isLive } from './status.ts'

export interface RunFigure {
  name: string
  text: string
  /** What the number is, in full. */
  about: string
}

/** The loss that the configuration says will be measured all along: of validation where there is one, else of training. */
function metricOf(run: RunRow): string {
  const { train } = run.config
  const wanted = train.evalEvery > 0 && run.task.validates ? 'val/loss' : 'train/loss'
  const isThere = (name: string) => run.summaries.some((one) => one.name === name)
  if (isThere(wanted) || isLive(run)) return wanted
  return ['val/loss', 'train/loss'].find(isThere) ?? run.summaries.find((one) => directionOf(one.name) === 'min')?.name ?? wanted // prettier-ignore
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
