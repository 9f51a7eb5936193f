// Imports bytes as the inference worker does, for tests.
import type { DecodeMode } from '../../../src-main/contract/data.ts'
import type { FilePart, ImportSettings } from '../../../src-main/contract/importing.ts'
import { importJob } from '../../../src-main/jobs/imports/importJob.ts'
import type { ImportStatistics } from '../../../src-main/jobs/textStatistics.ts'

export interface Imported {
  text: string
  statistics: ImportStatistics
}

export const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/** Imports one file, cut at these places. */
export async function importFile(
  name: string,
  content: string | Uint8Array,
  settings: ImportSettings = {},
  at: readonly number[] = [],
  mode: DecodeMode = 'strict',
): Promise<Imported> {
  const bytes = bytesOf(content)
  const cuts = [...new Set([0, ...at.map((n) => n % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const parts = cuts
    .slice(1)
    .map((end, i): FilePart => ({ file: name, bytes: bytes.slice(cuts[i], end), last: false }))
  return read(importJob({ name, mode, settings }), parts)
}

/** Imports the files of a folder. */
export const importFiles = (
  files: Record<string, string | Uint8Array>,
  settings: ImportSettings = {},
  paired = false,
): Promise<Imported> =>
  read(
    importJob({ name: 'folder', files: Object.keys(files), paired, mode: 'strict', settings }),
    Object.entries(files).map(([file, content]): FilePart => ({ file, bytes: bytesOf(content), last: true })),
  )

async function read(job: ReturnType<typeof importJob>, parts: readonly FilePart[]): Promise<Imported> {
  const out: Uint8Array[] = []
  for (const part of parts) out.push((await job([part], false)).utf8)
  const { utf8, statistics } = await job([], true)
  return { text: Buffer.concat([...out, utf8]).toString('utf8'), statistics: statistics! }
}
