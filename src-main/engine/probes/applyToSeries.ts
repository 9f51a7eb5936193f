// What a trained network forecasts of a new series, scaled as its training was. It refuses tasks without the ability `applies: 'series'`, checkpoints
// without the scaling of their columns, and series shorter than the history.
import type { AppliedSeries } from '../../contract/applySeries.ts'
import { UnrollError } from '../../contract/errors.ts'
import { compile } from '../compile/compile.ts'
import { weightNodes } from '../nn/weights.ts'
import { seriesForecasterOf, taskFacts } from '../tasks/index.ts'
import type { NewSeries, SeriesForecaster } from '../tasks/seriesForecaster.ts'
import { withWeights, type TrainedModel } from './model.ts'

/** Records of the new series that the answer repeats, the last ones. */
const maxShown = 500

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

interface Input {
  table?: string | undefined
  values?: readonly number[] | undefined
  ahead?: number | undefined
}

/** Forecasts the records after a new series. Throws E_ARG, and E_DATA_* with the line for a table that cannot be read. */
export function applyToSeries(model: TrainedModel, input: Input): AppliedSeries {
  const forecaster = forecasterFor(model)
  const { horizon, needs, runsFree, targets } = forecaster
  const ahead = input.ahead ?? horizon
  if (ahead > horizon && !runsFree)
    throw refuse(
      'ahead',
      `the run predicts ${targets.join(', ')} and reads ${forecaster.columns.join(', ')}, so forecasts cannot be read again: at most ${horizon} records.`,
    )
  const series = readInput(forecaster, input)
  const path = input.table === undefined ? 'values' : 'table'
  if (series.records < needs)
    throw refuse(
      path,
      `${series.records} ${series.records === 1 ? 'record' : 'records'}, and the run reads ${needs}. Give more.`,
    )
  const program = compile({
    outputs: forecaster.graph(model.whole.network, weightNodes(model.whole.network)),
  })
  const executable = withWeights(model, program)
  try {
    const { values, lower, upper } = forecaster.forecast(executable, series, ahead)
    const from = Math.max(0, series.records - maxShown)
    const shown = Array.from({ length: series.records - from }, (_, i) => from + i)
    const column = (numbers: Float64Array, target: number, count: number) =>
      Array.from({ length: count }, (_, i) => numbers[i * targets.length + target]!)
    const inInterval = Math.min(ahead, horizon)
    return {
      step: model.step,
      records: series.records,
      read: needs,
      labels: shown.map((record) => series.labels?.[record] ?? String(record + 1)),
      horizon,
      level: forecaster.level,
      columns: targets.map((name, target) => ({
        name,
        values: shown.map((record) => series.value(record, target)),
        forecast: column(values, target, ahead),
        lower: lower && column(lower, target, inInterval),
        upper: upper && column(upper, target, inInterval),
      })),
      warnings: series.warnings,
    }
  } finally {
    executable.dispose()
  }
}

function forecasterFor({ config, columns }: TrainedModel): SeriesForecaster {
  const forecaster = seriesForecasterOf(config, columns ?? [])
  if (!forecaster)
    throw refuse(
      'id',
      `the task of this run is ${taskFacts(config).title.toLowerCase()}, which forecasts no series. Choose a run that forecasts one.`,
    )
  if (columns) return forecaster
  throw refuse(
    'step',
    'this checkpoint was written before checkpoints held the scaling of their columns. Resume or fork the run, and take a checkpoint of that.',
  )
}

function readInput(forecaster: SeriesForecaster, { table, values }: Input): NewSeries {
  if ((table === undefined) === (values === undefined))
    throw refuse('table', 'give either a table or values, and not both.')
  if (table !== undefined) return forecaster.readTable(table)
  if (forecaster.columns.length > 1)
    throw refuse(
      'values',
      `the run reads ${forecaster.columns.length} columns: ${forecaster.columns.join(', ')}. Give a table that has them.`,
    )
  return forecaster.ofValues(values!)
}
