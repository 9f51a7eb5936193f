// Tables with a separator: commas, semicolons, tabs or bars, with quotes as in RFC 4180. Read piece by piece, with the line of every record.
import Papa from 'papaparse'
import type { ImportSettings } from '../../contract/importing.ts'
import { formatError } from './foreign.ts'
import { isMissing, kindOf, withPoint } from './columns.ts'
import { readNumber } from '../../contract/readNumber.ts'

/** Records of a table with the line on which each begins, from 1. */
export interface Records {
  rows: string[][]
  lines: number[]
}

/** Reads the records of a table piece by piece. */
export interface RecordReader {
  /** Throws E_DATA_FORMAT with line and column. */
  read(text: string, last: boolean): Records
}

/** Most columns of a table, and most characters of a record. */
const limits = { columns: 10_000, record: 1 << 24 }

export const separators = [',', ';', '\t', '|'] as const
export type Separator = (typeof separators)[number]

const newlineOf = (text: string): '\n' | '\r' | '\r\n' => {
  const found = /\r\n|\n|\r/.exec(text)?.[0]
  return (found as '\n' | '\r' | '\r\n' | undefined) ?? '\n'
}

/** A reader of records that all have as many cells as the first. `newline` of the first line counts. */
export function separatedReader(separator: Separator, beginning: string): RecordReader {
  const isTab = separator === '\t'
  const parser = new Papa.Parser({
    delimiter: separator,
    newline: newlineOf(beginning),
    // Tab-separated files of texts seldom quote: a quotation mark there is a character like others.
    ...(isTab && { quoteChar: '\0' }),
  })
  let rest = ''
  let line = 1
  let width = 0
  return {
    read(text, last) {
      const all = rest + text
      const parsed = parser.parse(all, 0, !last) as unknown as Papa.ParseResult<string[]>
      const fault = last ? parsed.errors.find(({ type }) => type === 'Quotes') : undefined
      const out: Records = { rows: [], lines: [] }
      for (const [i, row] of parsed.data.entries()) {
        if (i === fault?.row) throw unclosed(line)
        const from = line
        for (const cell of row)
          if (cell.includes('\n') || cell.includes('\r')) line += cell.split(/\r\n|\n|\r/).length - 1
        line++
        // Empty lines, and lines of separators alone, as spreadsheets leave them at the end.
        if (row[0]!.trim() === '' && row.every((cell) => cell.trim() === '')) continue
        width ||= checkedWidth(row.length)
        if (row.length !== width)
          throw formatError(
            `${row.length} cells where the first record has ${width}. Check its quotation marks, or choose another separator.`,
            from,
          )
        out.rows.push(isTab ? row.map(unquoted) : row)
        out.lines.push(from)
      }
      rest = last ? '' : all.slice(parsed.meta.cursor)
      if (rest.length > limits.record) throw unclosed(line)
      return out
    },
  }
}

/** A cell of a tab-separated table without quotation marks around the whole of it. */
const unquoted = (cell: string): string =>
  cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')
    ? cell.slice(1, -1).replaceAll('""', '"')
    : cell

const unclosed = (line: number) =>
  formatError('a quotation mark is not closed. Close it, or double it inside a cell.', line)

function checkedWidth(width: number): number {
  if (width > limits.columns)
    throw formatError(
      `${width} columns; at most ${limits.columns} are possible. Take a part of the table.`,
      1,
    )
  return width
}

/** The first records of a text, without the last one, which may be incomplete, unless the text is whole. */
export function firstRecords(separator: Separator, text: string, whole: boolean, most: number): Records {
  const { rows, lines } = separatedReader(separator, text).read(text, whole)
  return { rows: rows.slice(0, most), lines: lines.slice(0, most) }
}

/** The separator with which the first records have the same number of cells, more than one; undefined if there is none. */
export function findSeparator(text: string, whole: boolean): Separator | undefined {
  const widths = separators.flatMap((separator) => {
    try {
      const { rows } = firstRecords(separator, text, whole, 100)
      return rows.length >= 2 && rows[0]!.length > 1 ? [{ separator, width: rows[0]!.length }] : []
    } catch {
      return []
    }
  })
  return widths.sort((a, b) => b.width - a.width)[0]?.separator
}

const decimalComma = /^[+-]?\d+,\d+$/

/** Whether a table that is not separated by commas writes its decimals with them. */
export const findDecimal = (rows: readonly string[][], separator: Separator): '.' | ',' =>
  separator !== ',' && rows.some((row) => row.some((cell) => decimalComma.test(cell.trim()))) ? ',' : '.'

/** Whether the first record is a header: a cell of it is no number where the column below has numbers, or all its cells are short and occur nowhere below. */
export function findHeader(rows: readonly string[][], { decimal = '.' }: ImportSettings): boolean {
  const [head, ...below] = rows
  if (!head || below.length === 0) return false
  const isNumber = (cell: string) => readNumber(withPoint(cell, decimal)).fault === undefined
  const columns = head.map((name, at) => ({
    name,
    kind: kindOf(
      below.map((row) => row[at]!),
      decimal,
    ),
  }))
  if (head.some(isNumber)) return false
  if (columns.some(({ kind, name }) => (kind === 'numbers' || kind === 'dates') && !isMissing(name)))
    return true
  const isName = (cell: string) =>
    cell.trim() !== '' && cell.length <= 40 && /^[\p{L}_][\p{L}\p{N}_ .-]*$/u.test(cell.trim())
  const repeats = head.some((cell, at) => below.some((row) => row[at] === cell))
  return head.every(isName) && !repeats && new Set(head).size === head.length && isLonger(below, head)
}

/** Whether some column has longer texts than its name on average. */
const isLonger = (rows: readonly string[][], head: readonly string[]): boolean =>
  head.some((name, at) => rows.reduce((sum, row) => sum + row[at]!.length, 0) / rows.length > 2 * name.length)
