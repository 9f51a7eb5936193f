// Columns of the run table: text and sort key. Values come from the row of a run, not from its points.
import { layerSizes, sizeText } from '@contract/shape.ts'
import { directionOf, tokensPerSecond, trainingLoss, validationLoss } from '@contract/metrics.ts'
import type { MetricSummary, RunRow } from '@contract/run.ts'
import { settingText } from '@contract/settingText.ts'
import { comparisonKey } from '@contract/comparison.ts'
import { formatCount, formatDuration, formatNumber, formatShort } from '../../ui/format.ts'
import { progressOf } from '../../ui/status.ts'

export interface RunColumn {
  id: string
  title: string
  /** Tooltip of the title. */
  about?: string
  /** Width in pixels; the name takes the remaining width. */
  width: number
  numeric?: boolean
  /** Sort key; undefined sorts last in both directions. */
  value: (run: RunRow) => number | string | undefined
  /** Text of a cell; undefined for a column with a component of its own. */
  text?: (run: RunRow) => string
  /** Whether the column is hidden at first. */
  optional?: boolean
  /** The metric it shows: sorting keeps the runs together whose values of it can be ranked. */
  metric?: string
}

const summaryOf = (run: RunRow, name: string): MetricSummary | undefined =>
  run.summaries.find((one) => one.name === name)
const validation = (run: RunRow) => summaryOf(run, validationLoss.name)
const training = (run: RunRow) => summaryOf(run, trainingLoss.name)
const speed = (run: RunRow) => summaryOf(run, tokensPerSecond.name)
/** The first metric of the task that is better the larger it is. */
const accuracy = (run: RunRow) => run.summaries.find(({ name }) => directionOf(name, run.task) === 'max')
/** NaN sorts with the missing ones. */
const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value)
/** The best value; a series without a number has none. */
const finite = (value: number | undefined) => (Number.isFinite(value) ? value : undefined)

const number = (
  id: string,
  title: string,
  width: number,
  value: (run: RunRow) => number | undefined,
  more: Partial<RunColumn> = {},
): RunColumn => ({
  id,
  title,
  width,
  numeric: true,
  value: (run) => known(value(run)),
  text: (run) => formatNumber(value(run)),
  ...more,
})

/** Values of different tasks measure different things. */
const apart = '. Runs on the same data are ranked together, in the unit of their task.'

export const runColumns: readonly RunColumn[] = [
  { id: 'name', title: 'Name', width: 200, value: (run) => run.name.toLowerCase() },
  { id: 'status', title: 'Status', width: 116, value: (run) => run.status },
  { id: 'created', title: 'Created', width: 96, numeric: true, value: (run) => run.createdAt },
  { id: 'progress', title: 'Progress', width: 104, value: progressOf, about: 'Of runs that have not finished' },
  number('step', 'Step', 76, (run) => run.step, { text: (run) => formatCount(run.step) }),
  { id: 'data', title: 'Data', width: 128, value: (run) => run.task.data, text: (run) => run.task.data },
  number('valLoss', 'Val loss', 88, (run) => validation(run)?.last, { about: `Last validation loss${apart}`, metric: validationLoss.name }),
  number('bestValLoss', 'Best val', 88, (run) => finite(validation(run)?.min), { about: `Lowest validation loss${apart}`, metric: validationLoss.name }),
  number('trainLoss', 'Train loss', 104, (run) => training(run)?.last, { about: `Last training loss${apart}`, metric: trainingLoss.name }),
  number('accuracy', 'Accuracy', 96, (run) => finite(accuracy(run)?.max), { about: `Best accuracy or share solved${apart}`, metric: 'val/accuracy', optional: true }),
  { id: 'cell', title: 'Cell', width: 112, value: (run) => run.config.model.cell, text: (run) => run.config.model.cell },
  number('hidden', 'Hidden', 80, (run) => layerSizes(run.config.model)[0], { about: 'Units of the first layer', optional: true, text: (run) => sizeText(run.config.model) }),
  number('layers', 'Layers', 80, (run) => layerSizes(run.config.model).length, { text: (run) => String(layerSizes(run.config.model).length), optional: true }),
  number('duration', 'Duration', 88, (run) => run.activeSeconds, { about: 'Time spent training, without pauses', text: (run) => formatDuration(run.activeSeconds) }),
  number('speed', 'Tokens/s', 104, (run) => speed(run)?.last, { about: 'Tokens trained per second', optional: true, text: (run) => { const one = speed(run); return one ? formatShort(one.last) : '–' } }),
  number('epoch', 'Epoch', 80, (run) => run.epoch, { optional: true }),
  number('batch', 'Batch', 76, (run) => run.config.train.batch, { text: (run) => settingText(run.config.train.batch), optional: true }),
  number('lr', 'Rate', 72, (run) => run.config.optimizer.lr, { about: 'Learning rate', text: (run) => settingText(run.config.optimizer.lr), optional: true }),
  { id: 'optimizer', title: 'Optimiser', width: 100, value: (run) => run.config.optimizer.name, text: (run) => run.config.optimizer.name, optional: true },
  number('seed', 'Seed', 96, (run) => run.config.seed, { text: (run) => String(run.config.seed), optional: true }),
  { id: 'id', title: 'Id', width: 220, value: (run) => run.id, text: (run) => run.id, optional: true },
] // prettier-ignore

export const columnOf = new Map(runColumns.map((column) => [column.id, column]))
export const defaultHidden = runColumns.filter((column) => column.optional).map((column) => column.id)
/** Text of the progress cell: nothing once a run has finished. */
export const progressText = (run: RunRow): string =>
  run.status === 'finished' ? '' : `${Math.floor(progressOf(run) * 100)} %`

/** What the values of a column measure in a run; undefined for a column that shows no metric. */
export const measuredIn = (column: RunColumn | undefined, run: RunRow): string | undefined =>
  column?.metric && comparisonKey(column.metric, run)

/** Id of the hidden column by which runs that can be ranked in a column are kept together. */
export const groupId = (id: string): string => `${id} group`

/** By what the table sorts when one column is chosen: pinned runs first, and together what can be ranked. */
export const sortingOf = (id: string, desc: boolean): { id: string; desc: boolean }[] => [
  { id: 'pinned', desc: true },
  ...(columnOf.get(id)?.metric ? [{ id: groupId(id), desc: false }] : []),
  { id, desc },
]
