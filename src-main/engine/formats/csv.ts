// Comma-separated values, with commas, semicolons or tabs: one record per line, with or without a header line of column names.
import Papa from 'papaparse'
import { UnrollError } from '../../contract/errors.ts'
import { nearest } from '../../contract/errors.ts'
import { readNumber } from '../../contract/readNumber.ts'
import { defineFormat, isSeparated, quoted } from './format.ts'

export const csv = defineFormat({
  id: 'csv',
  title: 'comma-separated values (CSV)',
  matches: (lines) =>
    lines.length >= 5 &&
    [',', ';'].some((separator) => isSeparated(lines, separator, 1) && hasNumbers(lines, separator)),
  extension: /\.csv$/i,
})

/** Whether some column has a number on every line but the first, which distinguishes tables from sentences with commas. */
function hasNumbers(lines: readonly string[], separator: string): boolean {
  const rows = lines.slice(1).map((line) => line.split(separator).map(unquoted))
  return rows[0]!.some((_, column) => rows.every((row) => isNumber(row[column])))
}
const unquoted = (cell: string) => cell.trim().replace(/^"(.*)"$/, '$1')
const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell.trim() !== '' && readNumber(cell).fault === undefined

/** A parsed table. */
export interface Table {
  /** Column names; indices from 1 if the file has no header. */
  columns: string[]
  /** Records, with one cell per column. */
  rows: string[][]
  /** Line number of the first record, from 1. */
  firstLine: number
}

const formatError = (path: string, message: string, line?: number) =>
  new UnrollError('E_DATA_FORMAT', `${path}: ${message}`, { path, ...(line !== undefined && { line }) })

/** Parses a table. Throws E_DATA_EMPTY, and E_DATA_FORMAT with the line of an unclosed quotation mark or of a record whose number of cells differs from the first line's. */
export function readTable(text: string): Table {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { skipEmptyLines: 'greedy' })
  const quotes = errors.find(({ type }) => type === 'Quotes')
  if (quotes)
    throw formatError(
      'data.dataset',
      `line ${quotes.row! + 1}: a quotation mark is not closed. Close it, or double it inside a cell.`,
      quotes.row! + 1,
    )
  if (data.length < 2)
    throw new UnrollError('E_DATA_EMPTY', 'data.dataset: the table has no records. Choose another file.', {
      path: 'data.dataset',
    })
  const width = data[0]!.length
  const uneven = data.findIndex((row) => row.length !== width)
  if (uneven >= 0)
    throw formatError(
      'data.dataset',
      `line ${uneven + 1}: ${data[uneven]!.length} cells where the first line has ${width}.`,
      uneven + 1,
    )
  // The first line is a header if one of its cells is not a number and the first one below is.
  const records = { rows: data.slice(1) }
  const named = data[0]!.some(
    (cell, column) => !isNumber(cell) && !isMissing(cell) && isNumeric(records, column),
  )
  return {
    columns: named ? data[0]!.map((name) => name.trim()) : data[0]!.map((_, i) => String(i + 1)),
    rows: named ? data.slice(1) : data,
    firstLine: named ? 2 : 1,
  }
}

/** Whether a cell is a missing value: it is empty, or says so as tables of other programs do. */
export const isMissing = (cell: string): boolean => /^(|na|n\/a|nan|null|none|\?)$/i.test(cell.trim())

/** The number of a cell of record `row`. Throws E_DATA_FORMAT with the line. */
export function numberAt({ columns, rows, firstLine }: Table, row: number, column: number): number {
  const { value, fault } = readNumber(rows[row]![column]!)
  if (value !== undefined) return value
  const line = firstLine + row
  const why = `line ${line}, column ${columns[column]!}: ${fault!}`
  throw formatError('data.columns', `${why}. Correct it, or choose columns of numbers.`, line)
}

/** Whether the first cell of a column that is not missing is a number. */
export const isNumeric = ({ rows }: Pick<Table, 'rows'>, column: number): boolean =>
  isNumber(rows.find((row) => !isMissing(row[column]!))?.[column])

/** Index of a column given by its name or its index from 1; `path`: the option that names it. Throws E_DATA_FORMAT. */
export function columnIndex({ columns }: Pick<Table, 'columns'>, column: string, path: string): number {
  const named = columns.indexOf(column)
  if (named >= 0 && columns.indexOf(column, named + 1) >= 0)
    throw formatError(path, `two columns are named ${quoted(column)}; give the number of one of them.`)
  const numbered = /^\d+$/.test(column) ? Number(column) - 1 : -1
  const at = named >= 0 ? named : numbered
  if (at >= 0 && at < columns.length) return at
  const near = nearest(column, columns)
  const hint = near ? `did you mean ${near}?` : `there are ${columns.map(quoted).join(', ')}.`
  throw formatError(path, `there is no column ${quoted(column)}; ${hint}`)
}
