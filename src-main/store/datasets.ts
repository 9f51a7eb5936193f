// The table of imported texts; the text itself is in datasets/SHA256 as UTF-8. Built-in texts are not in the database.
import type { Dataset, DatasetDetail } from '../contract/data.ts'
import { checksum, isSound } from './checksum.ts'
import type { Db } from './db.ts'
import { parseJson } from './runRow.ts'

type Details = Pick<DatasetDetail, 'preview' | 'symbols' | 'distinct' | 'warnings' | 'test'>

interface Row {
  id: string
  name: string
  bytes: number
  characters: number
  lines: number
  encoding: DatasetDetail['encoding']
  sha256: string
  created_at: number
  form: Dataset['form']
  details: string
  checksum: number | null
}

const stored = (row: Omit<Row, 'checksum'>) =>
  [
    row.id,
    row.name,
    row.bytes,
    row.characters,
    row.lines,
    row.encoding,
    row.sha256,
    row.created_at,
    row.details,
    // The checksum of a record of an older version is without a form.
    ...(row.form === '' ? [] : [row.form]),
  ] as const

const isWhole = (row: Row): boolean => isSound(row.checksum, ...stored(row))

const noDetails: Details = { preview: '', symbols: [], distinct: 0, warnings: [] }

function toDataset(row: Omit<Row, 'details' | 'checksum'>): Dataset {
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
    note: '',
    createdAt: row.created_at,
    form: row.form,
  }
}

const toDetail = (row: Row): DatasetDetail => ({
  ...toDataset(row),
  ...(isWhole(row) ? parseJson(row.details, noDetails) : noDetails),
})

export type DatasetTable = ReturnType<typeof datasetTable>

/** Statements over `datasets`. Functions that write must be called inside a transaction. */
export function datasetTable(db: Db) {
  const insert = db.prepare(
    `INSERT INTO datasets (id, name, bytes, characters, lines, encoding, sha256, created_at, details, form, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const all = db.prepare<[], Row>('SELECT * FROM datasets ORDER BY created_at, id')
  const briefly = db.prepare<[], Omit<Row, 'details' | 'checksum'>>(
    'SELECT id, name, bytes, characters, lines, encoding, sha256, created_at, form FROM datasets ORDER BY created_at, id',
  )
  const one = db.prepare<[string], Row>('SELECT * FROM datasets WHERE id = ?')
  const remove = db.prepare<[string]>('DELETE FROM datasets WHERE id = ?')
  return {
    add({ preview, symbols, distinct, warnings, test, createdAt, ...columns }: DatasetDetail): void {
      const details = JSON.stringify({
        preview,
        symbols,
        distinct,
        warnings,
        ...(test !== undefined && { test }),
      } satisfies Details)
      const values = stored({ ...columns, created_at: createdAt, details })
      insert.run(...values.slice(0, 9), columns.form, checksum(...values))
    },
    /** All texts without their details, which are long. */
    list: (): Dataset[] => briefly.all().map(toDataset),
    get(id: string): DatasetDetail | undefined {
      const row = one.get(id)
      return row && toDetail(row)
    },
    remove: (id: string): boolean => remove.run(id).changes > 0,
    /** Damaged records, for the doctor. */
    faults: (): string[] =>
      all
        .all()
        .filter((row) => !isWhole(row))
        .map(({ id }) => `text ${id}: its record is damaged; the text itself is a file of its own`),
  }
}
