// The columns of a table that a forecast reads, as numbers without gaps: which columns they are, and how missing values are filled. Nothing is
// scaled here.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import { columnIndex, isMissing, isNumeric, numberAt, readTable, type Table } from '../../formats/csv.ts'
import type { ForecastData } from './data.ts'
import { dateColumn, readDates } from './dates.ts'

/** N records of C columns. */
export interface Series {
  columns: string[]
  /** Indices of the columns that are predicted. */
  targets: number[]
  records: number
  /** (N, C) values in the unit of the data. */
  values: Float64Array
  /** (N, C): 1 where a missing value was filled. */
  filled: Uint8Array
  /** Dates of the records; undefined without a column of dates. */
  labels: string[] | undefined
  warnings: Warning[]
  /** Line number of the first record, from 1. */
  firstLine: number
}

const refuse = (path: string, message: string) =>
  new UnrollError('E_DATA_FORMAT', `${path}: ${message}`, { path })

type ColumnOptions = Pick<ForecastData, 'targets' | 'date' | 'missing'> & {
  /** As the option; or names, of which a single one may be missing in a table with one column of numbers. */
  columns: string | readonly string[]
}

/** Reads a table; `training`: the share of records whose mean fills gaps. Throws E_DATA_EMPTY and E_DATA_FORMAT, with the line where it has one. */
export function readSeries(text: string, data: ColumnOptions, training: number): Series {
  const table = readTable(text)
  const dated = dateColumn(table, data.date)
  const dates = dated < 0 ? undefined : readDates(table, dated, data.date !== '')
  const chosen = chosenColumns(table, data.columns, dated)
  const targets = targetColumns(table, data.targets, chosen)
  const columns = chosen.map((at) => table.columns[at]!)
  const records = table.rows.length
  const values = new Float64Array(records * chosen.length)
  const filled = new Uint8Array(values.length)
  const warnings = dates?.warnings ?? []
  const trainRecords = Math.round(records * training)
  chosen.forEach((column, c) => {
    const own = columnValues(table, column, data.missing)
    const missing = fill(own, data.missing, trainRecords)
    for (let t = 0; t < records; t++) values[t * chosen.length + c] = own[t]!
    for (const t of missing) filled[t * chosen.length + c] = 1
    if (missing.length > 0) warnings.push(filledWarning(columns[c]!, missing.length, data.missing))
  })
  const { firstLine } = table
  return { columns, targets, records, values, filled, labels: dates?.labels, warnings, firstLine }
}

const filledWarning = (column: string, count: number, rule: ColumnOptions['missing']): Warning => ({
  code: 'W_DATA_FORMAT',
  message: `column ${column}: ${count} missing ${count === 1 ? 'value is' : 'values are'} filled by rule (${rule}), and ${count === 1 ? 'is' : 'are'} not counted as ${count === 1 ? 'a target' : 'targets'}.`,
})

/** A name that contains commas is tried as a whole first. */
const namesIn = ({ columns }: Table, text: string): string[] =>
  columns.includes(text) ? [text] : text.split(',').map((name) => name.trim())

function chosenColumns(table: Table, names: ColumnOptions['columns'], dated: number): number[] {
  const numeric = table.columns.flatMap((_, at) => (at !== dated && isNumeric(table, at) ? [at] : []))
  if (typeof names !== 'string') {
    const isOnly = names.length === 1 && numeric.length === 1 && !table.columns.includes(names[0]!)
    return isOnly ? numeric : names.map((name) => columnIndex(table, name, 'data.columns'))
  }
  if (names === '' || (names === 'first' && !table.columns.includes('first'))) {
    if (numeric.length === 0) throw refuse('data.columns', 'no column has numbers. Choose another file.')
    if (names === 'first') return [numeric[0]!]
    const counted = numeric.filter((at) => !countsRecords(table, at))
    return counted.length > 0 ? counted : numeric
  }
  const chosen = namesIn(table, names).map((name) => columnIndex(table, name, 'data.columns'))
  const twice = chosen.find((at, i) => chosen.indexOf(at) !== i)
  if (twice !== undefined)
    throw refuse('data.columns', `column ${table.columns[twice]!} is given twice; give it once.`)
  return chosen
}

function targetColumns(table: Table, names: string, chosen: readonly number[]): number[] {
  if (names === '') return chosen.map((_, c) => c)
  const targets = namesIn(table, names).map((name) => {
    const at = chosen.indexOf(columnIndex(table, name, 'data.targets'))
    if (at >= 0) return at
    const read = chosen.map((column) => table.columns[column]!).join(', ')
    throw refuse('data.targets', `column ${name} is not one of those that are read: ${read}.`)
  })
  return [...new Set(targets)].sort((a, b) => a - b)
}

/** Whether a column only counts the records: each value is the one before plus 1. */
function countsRecords({ rows }: Table, column: number): boolean {
  const cells = rows.map((row) => Number(row[column]))
  return cells.every((value, i) => i === 0 || value === cells[i - 1]! + 1)
}

/** Numbers of a column, NaN where a value is missing. Throws E_DATA_FORMAT with the line, for a missing value if the rule refuses them. */
function columnValues(table: Table, column: number, rule: ColumnOptions['missing']): Float64Array {
  return Float64Array.from(table.rows, (row, t) => {
    if (!isMissing(row[column]!)) return numberAt(table, t, column)
    if (rule !== 'refuse') return NaN
    const line = table.firstLine + t
    throw new UnrollError(
      'E_DATA_FORMAT',
      `data.missing: line ${line}: column ${table.columns[column]!} is empty. Fill the gap, remove the line, or choose a rule for missing values.`,
      { path: 'data.missing', line },
    )
  })
}

/** Fills the NaN of a column in place and returns their places; values before the first known one become that one. */
function fill(values: Float64Array, rule: ColumnOptions['missing'], trainRecords: number): number[] {
  const missing = [...values.keys()].filter((t) => Number.isNaN(values[t]))
  if (missing.length === 0) return missing
  const known = values.filter((value) => !Number.isNaN(value))
  const train = values.subarray(0, trainRecords).filter((value) => !Number.isNaN(value))
  const from = train.length > 0 ? train : known
  const mean = from.reduce((sum, value) => sum + value, 0) / from.length
  for (let t = 0; t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue
    let next = t
    while (next < values.length && Number.isNaN(values[next])) next++
    const before = t > 0 ? values[t - 1]! : values[next]!
    const after = next < values.length ? values[next]! : before
    for (let i = t; i < next; i++)
      values[i] =
        rule === 'mean'
          ? mean
          : rule === 'linear'
            ? before + ((after - before) * (i - t + 1)) / (next - t + 1)
            : before
    t = next
  }
  return missing
}
