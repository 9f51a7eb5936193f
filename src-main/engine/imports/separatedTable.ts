// Foreign files: tables with commas, semicolons, tabs or bars between their columns (CSV, TSV).
import type { ForeignText } from './foreign.ts'
import { formatError } from './foreign.ts'
import { kindOf } from './columns.ts'
import {
  findDecimal,
  findHeader,
  findSeparator,
  firstRecords,
  separatedReader,
  type Separator,
} from './separated.ts'
import { lookAtTable, tableConverter } from './table.ts'

/** Records that are examined. */
const examined = 200

const names: Record<Separator, string> = {
  ',': 'commas (CSV)',
  ';': 'semicolons (CSV)',
  '\t': 'tabs (TSV)',
  '|': 'bars',
}

/** Whether a text without the name of a table looks like one: a column of numbers, or three columns and more. */
function looksLikeTable(text: string, whole: boolean): boolean {
  const separator = findSeparator(text, whole)
  if (!separator) return false
  const { rows } = firstRecords(separator, text, whole, examined)
  if (rows.length < 4) return false
  const decimal = findDecimal(rows, separator)
  const columns = rows[0]!.map((_, at) =>
    kindOf(
      rows.slice(1).map((row) => row[at]!),
      decimal,
    ),
  )
  if (separator === '\t' && rows[0]!.length >= 2) return true
  return columns.includes('numbers') || columns.includes('dates')
}

export const separatedTable: ForeignText = {
  id: 'separated',
  columns: true,
  title: 'a table with separators (CSV, TSV)',
  recognises: ({ name, content, whole }) => /\.(csv|tsv|tab)$/i.test(name) || looksLikeTable(content, whole),
  look({ name, content, whole }, given) {
    const separator =
      given.separator ?? findSeparator(content, whole) ?? (/\.(tsv|tab)$/i.test(name) ? '\t' : ',')
    const { rows } = firstRecords(separator, content, whole, examined)
    if (rows.length === 0) throw formatError('the table has no complete record in its first part.', 1)
    const own = { separator, decimal: given.decimal ?? findDecimal(rows, separator) }
    const header = given.header ?? findHeader(rows, own)
    const records = header ? rows.slice(1) : rows
    const heads = header ? rows[0]! : rows[0]!.map((_, at) => String(at + 1))
    const sight = lookAtTable(heads, records, given, { ...own, header })
    return { ...sight, title: `a table with ${names[separator]}` }
  },
  convert: ({ content }, sight) =>
    tableConverter(separatedReader(sight.settings.separator!, content), sight, sight.settings.header ? 1 : 0),
}
