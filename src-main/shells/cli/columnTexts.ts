// The texts of one column of a table whose first line names its columns.
import { UnrollError } from '../../contract/errors.ts'
import { columnIndex, recordReader, separatorOf } from '../../contract/tableRecords.ts'

/** The cells of a column, by its name or its number from 1. Throws E_ARG for a column or cell that is not there; `name` names the table. */
export async function* columnTexts(
  lines: AsyncIterable<string>,
  column: string,
  name: string,
): AsyncGenerator<string> {
  let reader: ReturnType<typeof recordReader> | undefined
  let index: number | undefined
  let row = 0
  function* texts(records: readonly string[][]): Generator<string> {
    for (const record of records) {
      if (index === undefined) {
        index = columnIndex(record, column)
        continue
      }
      row++
      const cell = record[index]
      if (cell === undefined)
        throw new UnrollError('E_ARG', `${name}: row ${row} has ${record.length} cells, and no cell ${index + 1}. Mend the row.`) // prettier-ignore
      yield cell.replaceAll(/[\r\n]+/g, ' ')
    }
  }
  for await (const line of lines) {
    reader ??= recordReader(separatorOf(line))
    yield* texts(reader.push(`${line}\n`))
  }
  if (reader) yield* texts(reader.end())
}
