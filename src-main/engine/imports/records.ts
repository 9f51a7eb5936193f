// Turns the records of a table into the lines of a stored form: labelled texts, pairs, running text, or a table of numbers.
import { UnrollError } from '../../contract/errors.ts'
import type { FoundColumn, ImportSettings } from '../../contract/importing.ts'
import { readNumber } from '../../contract/readNumber.ts'
import { quoted } from '../formats/format.ts'
import { columnIndex, isMissing, withPoint } from './columns.ts'
import { formatError, noteOf, oneLine, type ConvertedEnd } from './foreign.ts'
import { withoutMarkup } from './markup.ts'
import type { Records } from './separated.ts'
import { shuffled } from './shuffled.ts'

/** Writes records as lines; `end` gives those that were kept back for shuffling. */
export interface RecordWriter {
  write(records: Records): string
  end(): ConvertedEnd
}

/** A line of a record, or undefined if the record is left out. */
type WriteRecord = (row: readonly string[], line: number) => string | undefined

interface Rows {
  /** Lines before the records: the names of columns. */
  heading: string
  record: WriteRecord
  notes(): string[]
}

/** The writer of the form `settings.as`. Throws E_ARG for a column that is not there or not given. */
export function recordWriter(columns: readonly FoundColumn[], settings: ImportSettings): RecordWriter {
  const { heading, record, notes } = rowsOf(columns, settings)
  const shuffle = settings.order === 'shuffle' && settings.as !== 'series'
  const kept: string[] = []
  let begun = false
  return {
    write({ rows, lines }) {
      const parts = begun ? [] : [heading]
      begun = true
      for (let i = 0; i < rows.length; i++) {
        const text = record(rows[i]!, lines[i]!)
        if (text !== undefined) (shuffle ? kept : parts).push(text)
      }
      return parts.join('')
    },
    end: () => ({ text: shuffled(kept).join(''), notes: notes().map(noteOf) }),
  }
}

function rowsOf(columns: readonly FoundColumn[], settings: ImportSettings): Rows {
  const index = (setting: 'label' | 'text' | 'target') => {
    const word = settings[setting]
    if (word !== undefined) return columnIndex(columns, word, setting)
    throw new UnrollError(
      'E_ARG',
      `${setting}: no column is chosen. Choose the column of ${meanings[setting]}.`,
      {
        path: `settings.${setting}`,
      },
    )
  }
  const clean = settings.markup === 'strip' ? (text: string) => oneLine(withoutMarkup(text)) : oneLine
  switch (settings.as) {
    case 'labels':
      return joined(columns, [index('label'), index('text')], clean)
    case 'pairs':
      return joined(columns, [index('text'), index('target')], clean)
    case 'series':
      return seriesRows(columns, settings)
    case undefined:
    case 'text':
      return joined(columns, [index('text')], clean)
    default:
      throw new UnrollError(
        'E_ARG',
        `as: a table cannot become ${settings.as}. Choose labels, pairs, series or text.`,
        {
          path: 'settings.as',
        },
      )
  }
}

const meanings = { label: 'labels', text: 'texts', target: 'the second texts' }

/** Cells of some columns, joined by tabs; records in which one of them is empty are left out and counted. */
function joined(
  columns: readonly FoundColumn[],
  at: readonly number[],
  clean: (text: string) => string,
): Rows {
  const left = at.map(() => ({ count: 0, line: 0 }))
  return {
    heading: '',
    record(row, line) {
      const cells = at.map((column) => clean(row[column]!))
      const empty = cells.indexOf('')
      if (empty < 0) return `${cells.join('\t')}\n`
      const counted = left[empty]!
      counted.line ||= line
      counted.count++
      return undefined
    },
    notes: () =>
      left.flatMap(({ count, line }, i) =>
        count === 0
          ? []
          : [
              `${counted(count)} without ${quoted(columns[at[i]!]!.name)} left out, the first on line ${line}.`,
            ],
      ),
  }
}

const counted = (n: number) => (n === 1 ? 'one record' : `${n.toLocaleString('en')} records`)

/** The date and the numbers of a record; missing numbers are empty cells. */
function seriesRows(
  columns: readonly FoundColumn[],
  { columns: chosen = [], date, time, decimal = '.', missing = [] }: ImportSettings,
): Rows {
  if (chosen.length === 0)
    throw new UnrollError('E_ARG', 'columns: no column is chosen. Choose one or more columns of numbers.', {
      path: 'settings.columns',
    })
  const at = chosen.map((word) => columnIndex(columns, word, 'columns'))
  const dateAt = date ? columnIndex(columns, date, 'date') : undefined
  const timeAt = date && time ? columnIndex(columns, time, 'time') : undefined
  const dateOf = (row: readonly string[], at: number): string =>
    timeAt === undefined ? row[at]!.trim() : `${row[at]!.trim()} ${row[timeAt]!.trim().replaceAll('.', ':')}`
  const names = [...(dateAt === undefined ? [] : [dateAt]), ...at].map((column) =>
    columns[column]!.name.trim(),
  )
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw formatError(`two of the chosen columns have the name ${quoted(twice)}. Rename one in the file.`, 1)
  const gaps = new Map<number, { count: number; line: number }>()
  const number = (row: readonly string[], column: number, line: number): string => {
    const cell = row[column]!
    if (plainNumber.test(cell) && !missing.includes(cell)) return cell
    if (isMissing(cell, missing)) {
      const gap = gaps.get(column) ?? { count: 0, line }
      gaps.set(column, { ...gap, count: gap.count + 1 })
      return ''
    }
    const { value, fault } = readNumber(withPoint(cell.trim(), decimal))
    if (value === undefined)
      throw formatError(`${fault} (column ${quoted(columns[column]!.name)}).`, line, column + 1)
    return String(value)
  }
  return {
    heading: `${names.map(asCell).join(',')}\n`,
    record(row, line) {
      const cells = at.map((column) => number(row, column, line))
      if (dateAt !== undefined) cells.unshift(asCell(dateOf(row, dateAt)))
      return `${cells.join(',')}\n`
    },
    notes: () =>
      [...gaps].map(
        ([column, { count, line }]) =>
          `${count.toLocaleString('en')} missing ${count === 1 ? 'value' : 'values'} in column ${quoted(columns[column]!.name)}, the first on line ${line}. The task says how they are filled.`,
      ),
  }
}

/** A number that is stored as it is written; others are parsed. */
const plainNumber = /^-?\d{1,15}(\.\d{1,17})?$/

/** A cell of comma-separated text. */
const asCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
