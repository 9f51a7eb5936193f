// Tables as CSV text (RFC 4180), with text that no spreadsheet takes for a formula, and as tab-separated text.

export type CsvCell = string | number | null

/** A cell of a CSV file: quoted where needed; text that a spreadsheet could take for a formula gets a leading apostrophe; null is empty. */
export function csvCell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows of cells as the text of a CSV file, each row ends with CR LF. */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')

/** Rows of cells as tab-separated text; tabs and line breaks inside a cell become spaces. */
export const tsvText = (rows: readonly (readonly CsvCell[])[]): string =>
  rows
    .map((row) => `${row.map((cell) => String(cell ?? '').replace(/[\t\r\n]+/g, ' ')).join('\t')}\n`)
    .join('')
