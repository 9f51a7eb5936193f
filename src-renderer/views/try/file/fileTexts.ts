// Reads the texts of a file piece by piece: its lines, or one column of a table.
import { UnrollError } from '@contract/errors.ts'
import { recordReader, separatorOf } from '@contract/tableRecords.ts'

/** How a file is read: as lines, or as the records of a table. */
export interface Reading {
  table: boolean
  separator: string
  /** Whether the first record names the columns. */
  heading: boolean
  /** Index of the column with the texts. */
  column: number
}

/** Bytes from which a file is recognised, and that are read at a time. */
const [beginning, pieceBytes] = [1 << 16, 1 << 16]

/** The first records of a file and how it seems to be read; of a table the column with the longest cells. */
export async function recognise(file: File): Promise<{ reading: Reading; first: string[][] }> {
  const decoded = new TextDecoder().decode(await file.slice(0, beginning).arrayBuffer())
  const line = decoded.slice(0, /[\r\n]|$/.exec(decoded)!.index)
  const separator = separatorOf(line)
  const table = /\.(csv|tsv)$/i.test(file.name) || separator === '\t'
  const first = recordReader(separator).push(decoded).slice(0, 5)
  const lengths = (first[0] ?? []).map((_, i) =>
    first.reduce((sum, record) => sum + (record[i]?.length ?? 0), 0),
  )
  const column = lengths.indexOf(lengths.reduce((a, b) => Math.max(a, b), 0))
  return { reading: { table, separator, heading: table, column: Math.max(0, column) }, first }
}

/** The texts in pieces with the share of the bytes that were read. Throws E_UTF8. */
export async function* textsOf(
  file: File,
  { table, separator, heading, column }: Reading,
): AsyncGenerator<{ texts: string[]; share: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = recordReader(table ? separator : '\n')
  let rest = ''
  let bytes = 0
  let skip = table && heading
  function textsIn(piece: string, isEnd: boolean): string[] {
    if (table) {
      const records = [...reader.push(piece), ...(isEnd ? reader.end() : [])]
      if (skip && records.length > 0) {
        records.shift()
        skip = false
      }
      return records.map((record) => (record[column] ?? '').replaceAll(/[\r\n]+/g, ' '))
    }
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    if (isEnd && rest !== '') lines.push(rest)
    return lines
  }
  const decode = (piece?: Uint8Array) => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined })
    } catch {
      throw new UnrollError('E_UTF8', `${file.name}: not UTF-8. Save it as UTF-8 and choose it again.`)
    }
  }
  const stream = file.stream().getReader()
  for (;;) {
    const { value } = await stream.read()
    if (!value) break
    // A browser may give megabytes at once.
    for (let from = 0; from < value.length; from += pieceBytes) {
      const piece = value.subarray(from, from + pieceBytes)
      bytes += piece.length
      yield { texts: textsIn(decode(piece), false), share: bytes / Math.max(1, file.size) }
    }
  }
  yield { texts: textsIn(decode(), true), share: 1 }
}
