// Records of comma- or tab-separated text (RFC 4180), read piece by piece, and the choice of one of their columns.
import { UnrollError } from './errors.ts'

/** Takes pieces of a text and gives the records that each completes; a record may hold line breaks in quotes. Empty lines are left out. */
export function recordReader(separator: string): { push(piece: string): string[][]; end(): string[][] } {
  let record: string[] = []
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'after quote' = 'start'
  let afterReturn = false
  function endCell(): void {
    record.push(cell)
    cell = ''
    state = 'start'
  }
  function endRecord(found: string[][]): void {
    const isEmpty = record.length === 0 && cell === '' && state === 'start'
    endCell()
    if (!isEmpty) found.push(record)
    record = []
  }
  return {
    push(piece) {
      const found: string[][] = []
      for (const sign of piece) {
        const isLineFeed = afterReturn && sign === '\n'
        afterReturn = sign === '\r' && state !== 'quoted'
        if (isLineFeed) continue
        if (state === 'quoted') {
          if (sign === '"') state = 'after quote'
          else cell += sign
        } else if (sign === '"' && state === 'start') state = 'quoted'
        else if (sign === '"' && state === 'after quote') {
          cell += '"'
          state = 'quoted'
        } else if (sign === separator) endCell()
        else if (sign === '\n' || sign === '\r') endRecord(found)
        else {
          cell += sign
          state = 'plain'
        }
      }
      return found
    },
    end() {
      const found: string[][] = []
      endRecord(found)
      return found
    },
  }
}

/** The separator of a table, by its first line: a tab, a semicolon without commas, else a comma. */
export const separatorOf = (line: string): string =>
  line.includes('\t') ? '\t' : line.includes(';') && !line.includes(',') ? ';' : ','

/** The index of a column by its name in the heading or its number from 1. Throws E_ARG with the names that there are. */
export function columnIndex(heading: readonly string[], wanted: string): number {
  const names = heading.map((name) => name.trim().toLowerCase())
  const named = names.indexOf(wanted.trim().toLowerCase())
  if (named >= 0) return named
  const number = /^\d{1,5}$/.test(wanted) ? Number(wanted) : 0
  if (number >= 1 && number <= heading.length) return number - 1
  throw new UnrollError(
    'E_ARG',
    `column: there is no column ${JSON.stringify(wanted)}. Name one of ${heading.map((name) => JSON.stringify(name)).join(', ')}, or a number from 1 to ${heading.length}.`,
    { path: 'column' },
  )
}
