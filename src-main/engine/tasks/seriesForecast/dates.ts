// Dates of records: which column has them, and whether they ascend. Dates only label records; the network does not read them.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import { columnIndex, isMissing, isNumeric, type Table } from '../../formats/csv.ts'

const clock = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?`
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?${clock}$`)
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${clock}$`)

/**
 * Milliseconds of a date, without time zone; NaN for other texts. Year first, or last: then the day comes first if `dayFirst`, as it does with
 * points.
 */
export function timeOf(cell: string, dayFirst: boolean): number {
  const text = cell.trim()
  const first = yearFirst.exec(text)
  const clockOf = (parts: readonly (string | undefined)[]) =>
    parts.map((part) => Number(part ?? 0)) as [number, number, number]
  if (first) {
    const [, year, month, day, ...time] = first
    return utc(Number(year), Number(month), Number(day ?? 1), clockOf(time))
  }
  const last = yearLast.exec(text)
  if (!last) return NaN
  const [, a, separator, b, year, ...time] = last
  const [day, month] = dayFirst || separator === '.' ? [a, b] : [b, a]
  return utc(Number(year), Number(month), Number(day), clockOf(time))
}

function utc(year: number, month: number, day: number, clockTime: [number, number, number]): number {
  const time = Date.UTC(year, month - 1, day, ...clockTime)
  const date = new Date(time)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : NaN
}

/** Of dates such as 13/01/2020 the day comes first. */
const startsWithDay = (cells: readonly string[]): boolean =>
  cells.some((cell) => Number(/^(\d{1,2})[-/]\d{1,2}[-/]\d{4}/.exec(cell.trim())?.[1] ?? 0) > 12)

/** The index of a column of dates: the one that is named, else the first with dates alone; -1 without one. Throws E_DATA_FORMAT. */
export function dateColumn(table: Table, named: string): number {
  if (named !== '') return columnIndex(table, named, 'data.date')
  return table.columns.findIndex((_, column) => {
    if (isNumeric(table, column)) return false
    const cells = table.rows.map((row) => row[column]!)
    const dayFirst = startsWithDay(cells)
    return cells.every((cell) => !Number.isNaN(timeOf(cell, dayFirst)))
  })
}

/**
 * Labels of the records from a column of dates, or of ascending numbers. Dates that do not ascend are refused if the user named the column
 * (E_DATA_FORMAT with the line), else they give a warning.
 */
export function readDates(
  table: Table,
  column: number,
  isNamed: boolean,
): { labels: string[]; warnings: Warning[] } {
  const { rows, firstLine, columns } = table
  const labels = rows.map((row) => row[column]!.trim())
  const dayFirst = startsWithDay(labels)
  const times = labels.map((label) =>
    /^[+-]?\d+(\.\d+)?$/.test(label) ? Number(label) : timeOf(label, dayFirst),
  )
  const at = times.findIndex((time, i) => Number.isNaN(time) || (i > 0 && time <= times[i - 1]!))
  if (at < 0) return { labels, warnings: [] }
  const line = firstLine + at
  const why = isMissing(labels[at]!)
    ? 'there is no date'
    : Number.isNaN(times[at])
      ? `${JSON.stringify(labels[at]!.slice(0, 40))} is not a date; write it as 2024-05-31`
      : times[at] === times[at - 1]
        ? `${labels[at]!} occurs twice`
        : `${labels[at]!} comes after ${labels[at - 1]!}`
  const message = `line ${line}, column ${columns[column]!}: ${why}. Records must be in order of time, each once.`
  if (isNamed) throw new UnrollError('E_DATA_FORMAT', `data.date: ${message}`, { path: 'data.date', line })
  return { labels, warnings: [{ code: 'W_DATA_FORMAT', message }] }
}
