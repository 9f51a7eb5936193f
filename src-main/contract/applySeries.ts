// What a trained network forecasts of a new series: the records after the last one that was given, with an interval where it predicts one.
import type { CsvCell } from './csv.ts'

/** One predicted column in the unit of the data. */
export interface ForecastOfColumn {
  name: string
  /** The last records that were given, at most 500; null: the value was missing. */
  values: (number | null)[]
  forecast: number[]
  /** Ends of the interval of the first records, those of the run's horizon; null without an interval. */
  lower: number[] | null
  upper: number[] | null
}

export interface AppliedSeries {
  step: number
  /** Records that were given, and those that the network read. */
  records: number
  read: number
  /** Dates or numbers of the records in `values`. */
  labels: string[]
  /** Records that the run predicts at once; later ones read earlier forecasts. */
  horizon: number
  /** Probability of the interval; null without one. */
  level: number | null
  columns: ForecastOfColumn[]
  /** What was filled or found out of order. */
  warnings: string[]
}

/** Rows of a table of forecasts, the heading first: records ahead, then per column forecast, lower and upper end of the interval. */
export function forecastTable({ columns }: Pick<AppliedSeries, 'columns'>): CsvCell[][] {
  const heading = columns.flatMap(({ name, lower }) =>
    lower ? [name, `${name} lower`, `${name} upper`] : [name],
  )
  const rows = (columns[0]?.forecast ?? []).map((_, i) => [
    i + 1,
    ...columns.flatMap(({ forecast, lower, upper }) =>
      lower ? [forecast[i]!, lower[i] ?? null, upper![i] ?? null] : [forecast[i]!],
    ),
  ])
  return [['ahead', ...heading], ...rows]
}

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The numbers of a text that is no table: one line of numbers, or a number per line; undefined for a table and for other texts. */
export function readValues(text: string): number[] | undefined {
  const lines = text.trim().split(/\r\n|\n|\r/)
  const cells = (lines.length === 1 ? lines[0]!.split(/[\s,;]+/) : lines.map((line) => line.trim())).filter(
    Boolean,
  )
  return cells.length > 0 && cells.every((cell) => numeral.test(cell)) ? cells.map(Number) : undefined
}
