// Runs and their columns -> lines of charts. Pure; the caller brings colours and columns.
import type { RunStyle } from './runStyles.ts'
import { directionOf } from '@contract/metrics.ts'
import type { RunRow } from '@contract/run.ts'
import type { ChartLine } from './lines.ts'
import type { ChartSpec } from './groups.ts'
import type { Clock, Columns } from './series.ts'

/** What a step of this run is worth in epochs, and when it began. The first loss of a whole epoch tells an epoch's length exactly. */
export function clockOf(run: RunRow, epochLoss: Columns | undefined): Clock {
  const perEpoch = epochLoss?.steps[0] ?? 0
  const roughly = run.step > 0 ? run.epoch / run.step : 0
  return { epochsPerStep: perEpoch > 0 ? 1 / perEpoch : roughly, startedAt: run.startedAt ?? run.createdAt }
}

/** The step of the best value where that says something: measured on validation or test data, with a better direction. */
export function bestStepOf(run: RunRow, metric: string): number | undefined {
  const direction = metric.startsWith('train/') ? null : directionOf(metric, run.task)
  const summary = direction && run.summaries.find((one) => one.name === metric)
  if (!summary || !Number.isFinite(summary[direction])) return undefined
  return direction === 'min' ? summary.minStep : summary.maxStep
}

/** Lines of one chart for several runs; metrics that a run has not recorded give no line. */
export function runLines(
  spec: ChartSpec,
  runs: readonly RunRow[],
  columnsOf: (id: string, metric: string) => Columns | undefined,
  colorOf: (color: string) => string,
  runStyles?: ReadonlyMap<string, RunStyle>,
): ChartLine[] {
  return runs.flatMap((run) => {
    const style = runStyles?.get(run.id)
    const clock = clockOf(run, columnsOf(run.id, 'train/epoch_loss'))
    return spec.metrics.flatMap(({ name, variant }) => {
      const columns = columnsOf(run.id, name)
      if (!columns) return []
      const bestStep = bestStepOf(run, name)
      return [
        {
          key: `${run.id} ${name}`,
          run: run.id,
          runLabel: run.name,
          metric: name,
          variant,
          color: colorOf(style?.color ?? run.color),
          dashes: style?.dashes ?? 0,
          columns,
          clock,
          bestStep,
        },
      ]
    })
  })
}
