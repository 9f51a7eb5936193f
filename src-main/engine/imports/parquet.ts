// Foreign files: Parquet, read as a whole.
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { formatError, type ForeignBytes } from './foreign.ts'
import { recordWriter } from './records.ts'
import { lookAtTable } from './table.ts'

const magic = [0x50, 0x41, 0x52, 0x31]
const isMagic = (bytes: Uint8Array, at: number) => magic.every((byte, i) => bytes[at + i] === byte)
/** Records that are read at a time. */
const group = 10_000

const fileOf = (bytes: Uint8Array) => ({
  byteLength: bytes.byteLength,
  slice: (start: number, end?: number) => bytes.slice(start, end).buffer as ArrayBuffer,
})

async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw formatError(`the Parquet file is damaged: ${(error as Error).message.slice(0, 200)}`)
  }
}

function asCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(asCell).join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Column names and records from `from` to `to`. */
async function records(
  bytes: Uint8Array,
  columns: readonly string[],
  from: number,
  to: number,
): Promise<string[][]> {
  const found = await read(() =>
    parquetReadObjects({
      file: fileOf(bytes),
      compressors,
      columns: [...columns],
      rowStart: from,
      rowEnd: to,
    }),
  )
  return found.map((row) => columns.map((name) => asCell(row[name])))
}

const metadata = (bytes: Uint8Array) => read(() => parquetMetadataAsync(fileOf(bytes)))

export const parquet: ForeignBytes = {
  id: 'parquet',
  title: 'a Parquet table',
  recognises: ({ content }) => isMagic(content, 0),
  async look({ content }, given) {
    if (content.length < 12 || !isMagic(content, content.length - 4))
      throw formatError('the Parquet file is cut: its last bytes are not PAR1. Copy it again.')
    const meta = await metadata(content)
    const names = parquetSchema(meta).children.map(({ element }) => element.name)
    return lookAtTable(names, await records(content, names, 0, Math.min(200, Number(meta.num_rows))), given)
  },
  async convert(bytes, sight) {
    const rows = Number((await metadata(bytes)).num_rows)
    const names = sight.columns.map(({ name }) => name)
    const writer = recordWriter(sight.columns, sight.settings)
    const parts: string[] = []
    for (let from = 0; from < rows; from += group) {
      const read = await records(bytes, names, from, Math.min(rows, from + group))
      parts.push(writer.write({ rows: read, lines: read.map((_, i) => from + i + 1) }))
    }
    const { text, notes } = writer.end()
    return { text: parts.join('') + text, notes }
  },
}
