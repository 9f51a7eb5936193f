// The forecasts of a task of new series. Every task with the ability `applies: 'series'` has them in its row.
import type { Node } from '../graph/node.ts'
import type { Model } from '../nn/model.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'

/** A new series of N records as the network reads it. */
export interface NewSeries {
  records: number
  /** Dates of the records; undefined without a column of dates. */
  labels: string[] | undefined
  warnings: string[]
  /** Value of predicted column number `target` at a record; null: it was missing. */
  value(record: number, target: number): number | null
  /** The network's numbers, of use to the forecaster alone. */
  levels: Float64Array
}

export interface SeriesForecaster {
  /** Names of the columns that are read, and of those that are predicted. */
  columns: readonly string[]
  targets: readonly string[]
  horizon: number
  /** Records that a forecast needs. */
  needs: number
  /** Probability of the interval; null without one. */
  level: number | null
  /** Whether forecasts can be fed back, which those beyond the horizon need. */
  runsFree: boolean
  /** Reads a table, comma-separated values with a heading. Throws the errors of reading the data. */
  readTable(text: string): NewSeries
  /** Values of the only column. */
  ofValues(values: readonly number[]): NewSeries
  /** The outputs of a program of one column. */
  graph(network: Model, weights: Weights): Record<string, Node>
  /** The next `ahead` records, (ahead, targets); the interval holds the first `horizon` of them. */
  forecast(
    executable: Executable,
    series: NewSeries,
    ahead: number,
  ): { values: Float64Array; lower: Float64Array | null; upper: Float64Array | null }
}
