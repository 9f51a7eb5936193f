// Makes the lines of a chart from runs and the columns of their metrics. Pure.
import type { RunStyle } from './runStyles.ts'
import { directionOf } from '@contract/metrics.ts'
import type { RunRow } from '@contract/run.ts'
import type { ChartLine } from './lines.ts'
import type { ChartSpec } from './groups.ts'
import type { Clock, Columns } from './series.ts'

/** Epochs per step and start time of a run. The first step with an epoch loss is the length of an epoch. */
export function clockOf(run: RunRow, epochLoss: Columns | undefined): Clock {
  const perEpoch = epochLoss?.steps[0] ?? 0
  const roughly = run.step > 0 ? run.epoch / run.step : 0
  return { epochsPerStep: perEpoch > 0 ? 1 / perEpoch : roughly, startedAt: run.startedAt ?? run.createdAt }
}

/** Step of the best value of a metric on validation or test data that has a better direction; otherwise undefined. */
export function bestStepOf(run: RunRow, metric: string): number | undefined {
  const direction = metric.startsWith('train/') ? null : directionOf(metric, run.task)
  const summary = direction && run.summaries.find((one) => one.name === metric)
  if (!summary || !Number.isFinite(summary[direction])) return undefined
  return direction === 'min' ? summary.minStep : summary.maxStep
}

/** Lines of one chart for several runs; without those of metrics that a run has not recorded. */
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
