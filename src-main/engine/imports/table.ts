// The kinds of tables that are text: with a separator, and JSON lines. What is common: a look at the first records suggests columns and
// form, and a converter maps records to lines.
import type { FoundColumn, ImportSettings } from '../../contract/importing.ts'
import { columnIndex, kindOf, repeats, suggest } from './columns.ts'
import type { Converter, Sight } from './foreign.ts'
import { hasMarkup } from './markup.ts'
import { recordWriter } from './records.ts'
import type { RecordReader } from './separated.ts'

/** Records shown of a table. */
const shownRows = 20

/** The sight of a table from its column names and first records. */
export function lookAtTable(
  names: readonly string[],
  rows: readonly string[][],
  given: ImportSettings,
  own: ImportSettings = {},
): Sight {
  const { decimal = '.' } = { ...own, ...given }
  const columns = names.map((name, at): FoundColumn => {
    const cells = rows.map((row) => row[at] ?? '')
    const kind = kindOf(cells, decimal)
    return {
      name: name.trim() || String(at + 1),
      kind,
      ...(kind === 'numbers' && { repeats: repeats(cells) }),
    }
  })
  const { forms, settings } = suggest(columns)
  const order = settings.label !== undefined || given.label !== undefined ? { order: 'keep' as const } : {}
  const all: ImportSettings = { as: forms[0]!, ...own, ...settings, ...order, ...given }
  return {
    forms: [...new Set([...(given.as ? [given.as] : []), ...forms])],
    settings: { ...all, markup: given.markup ?? suggestedMarkup(columns, rows, all) },
    columns,
    rows: rows.slice(0, shownRows).map((row) => [...row]),
  }
}

function suggestedMarkup(
  columns: readonly FoundColumn[],
  rows: readonly string[][],
  { text }: ImportSettings,
): 'keep' | 'strip' {
  if (text === undefined) return 'keep'
  try {
    const at = columnIndex(columns, text, 'text')
    return hasMarkup(rows.map((row) => row[at] ?? '')) ? 'strip' : 'keep'
  } catch {
    return 'keep'
  }
}

/** A converter of the records that `reader` reads; the first `skip` of them are no records. */
export function tableConverter(reader: RecordReader, { columns, settings }: Sight, skip: number): Converter {
  const writer = recordWriter(columns, settings)
  let left = skip
  const take = (text: string, last: boolean) => {
    const { rows, lines } = reader.read(text, last)
    const from = Math.min(left, rows.length)
    left -= from
    return writer.write(from > 0 ? { rows: rows.slice(from), lines: lines.slice(from) } : { rows, lines })
  }
  return {
    write: (text) => take(text, false),
    end() {
      const rest = take('', true)
      const ended = writer.end()
      return { ...ended, text: rest + ended.text }
    },
  }
}
