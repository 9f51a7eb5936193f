// Tables as the text of files: CSV, tab-separated values, or JSON lines with an object per row.
import { csvText, tsvText, type CsvCell } from './csv.ts'

/** Writes rows; the heading is written if `first`, and names the members of JSON objects. */
type WriteRows = (heading: readonly string[], rows: readonly (readonly CsvCell[])[], first: boolean) => string

const withHeading =
  (write: typeof csvText): WriteRows =>
  (heading, rows, first) =>
    write(first ? [heading, ...rows] : rows)

/** By the ending of the file. */
export const tableFormats = {
  csv: { title: 'CSV', type: 'text/csv', write: withHeading(csvText) },
  tsv: { title: 'TSV', type: 'text/tab-separated-values', write: withHeading(tsvText) },
  jsonl: {
    title: 'JSON lines',
    type: 'application/jsonl',
    write: (heading, rows) =>
      rows
        .map(
          (row) =>
            `${JSON.stringify(Object.fromEntries(heading.map((name, i) => [name, row[i] ?? null])))}\n`,
        )
        .join(''),
  },
} as const satisfies Record<string, { title: string; type: string; write: WriteRows }>
export type TableFormat = keyof typeof tableFormats

/** The endings with their dots, in words: ".csv, .tsv or .jsonl". */
export const tableEndings = '.csv, .tsv or .jsonl'

/** The format of a file by its name; undefined for another ending. */
export const tableFormatOf = (name: string): TableFormat | undefined =>
  (Object.keys(tableFormats) as TableFormat[]).find((ending) => name.toLowerCase().endsWith(`.${ending}`))
