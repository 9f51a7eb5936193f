// Records of imported texts; the text itself lies in datasets/SHA256 as UTF-8. Built-in texts are not in the database.
import type { DatasetDetail } from '../contract/data.ts'
import type { Db } from './db.ts'

interface Row {
  id: string
  name: string
  bytes: number
  characters: number
  lines: number
  encoding: DatasetDetail['encoding']
  sha256: string
  created_at: number
  details: string
}

function toDetail(row: Row): DatasetDetail {
  const rest = JSON.parse(row.details) as Pick<DatasetDetail, 'preview' | 'symbols' | 'distinct' | 'warnings'>
  return {
    id: row.id,
    name: row.name,
    builtin: false,
    bytes: row.bytes,
    characters: row.characters,
    lines: row.lines,
    encoding: row.encoding,
    sha256: row.sha256,
    licence: '',
    about: '',
    createdAt: row.created_at,
    ...rest,
  }
}

export type DatasetTable = ReturnType<typeof datasetTable>

/** Statements over `datasets`. Writing functions belong into a transaction. */
export function datasetTable(db: Db) {
  const insert = db.prepare(
    'INSERT INTO datasets VALUES (@id, @name, @bytes, @characters, @lines, @encoding, @sha256, @createdAt, @details)',
  )
  const all = db.prepare<[], Row>('SELECT * FROM datasets ORDER BY created_at, id')
  const one = db.prepare<[string], Row>('SELECT * FROM datasets WHERE id = ?')
  const remove = db.prepare<[string]>('DELETE FROM datasets WHERE id = ?')
  return {
    add({
      preview,
      symbols,
      distinct,
      warnings,
      builtin: _builtin,
      licence: _licence,
      about: _about,
      ...columns
    }: DatasetDetail): void {
      insert.run({ ...columns, details: JSON.stringify({ preview, symbols, distinct, warnings }) })
    },
    list: (): DatasetDetail[] => all.all().map(toDetail),
    get(id: string): DatasetDetail | undefined {
      const row = one.get(id)
      return row && toDetail(row)
    },
    remove: (id: string): boolean => remove.run(id).changes > 0,
  }
}
