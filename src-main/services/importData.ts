// Streams files into the store: a worker reads and counts the parts, and what it makes of them is written. The whole is never in memory.
import { randomUUID } from 'node:crypto'
import type { DecodeMode } from '../contract/data.ts'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import type { FilePart } from '../contract/importing.ts'
import type { ImportTask } from '../jobs/imports/importJob.ts'
import type { InferenceThread } from '../jobs/pool.ts'
import type { ImportStatistics } from '../jobs/textStatistics.ts'
import { writePieces } from '../store/files.ts'

/** A file or the files of a folder. */
export interface Incoming extends ImportTask {
  /** Streams the parts from the beginning at each call; every part has a buffer of its own. */
  parts(): AsyncIterable<FilePart[]>
}

/** Errors of reading as UTF-8 after which the given encoding is tried. */
const decodeErrors = new Set<ErrorCode>(['E_UTF8', 'E_ENCODING', 'E_BINARY'])
const isLenient = (mode: DecodeMode) => mode === 'strict' || mode === 'replace' || mode === 'skip'

/** `assertOpen` is called before each piece and may throw. */
export function dataImporter(planner: InferenceThread, folder: string, assertOpen: () => void) {
  async function importAs(
    { parts, ...task }: Incoming,
    isWanted: (statistics: ImportStatistics) => boolean,
  ): Promise<ImportStatistics> {
    const job = randomUUID()
    let isBegun = false
    const ask = (files: readonly FilePart[], then: 'more' | 'end' | 'give up') => {
      const call = { job, task: isBegun ? null : task, parts: files, then }
      isBegun = true
      return planner.request(
        'importParts',
        call,
        files.map(({ bytes }) => bytes.buffer as ArrayBuffer),
      )
    }
    let statistics: ImportStatistics | undefined

    async function* read(): AsyncGenerator<Uint8Array, void, void> {
      // Pipelined: some parts are converted while the next are read and the previous ones are written.
      let waiting: ReturnType<typeof ask> | undefined
      try {
        for await (const files of parts()) {
          assertOpen()
          const next = ask(files, 'more')
          next.catch(() => undefined)
          if (waiting) yield (await waiting).utf8
          waiting = next
        }
        if (waiting) yield (await waiting).utf8
        assertOpen()
        const last = await ask([], 'end')
        statistics = last.statistics
        yield last.utf8
      } finally {
        if (!statistics) ask([], 'give up').catch(() => undefined)
      }
    }

    await writePieces(folder, read(), () =>
      statistics && isWanted(statistics) ? statistics.sha256 : undefined,
    )
    return statistics!
  }

  /**
   * Writes the data set into `folder` under its hash if `isWanted`; returns its statistics. Throws as importJob and writePieces do; then no
   * file is left.
   */
  return async (
    incoming: Incoming,
    isWanted: (statistics: ImportStatistics) => boolean,
  ): Promise<ImportStatistics> => {
    if (isLenient(incoming.mode)) return importAs(incoming, isWanted)
    // The given encoding is only used if the file is not UTF-8.
    try {
      return await importAs({ ...incoming, mode: 'strict' }, isWanted)
    } catch (error) {
      if (!(error instanceof UnrollError) || !decodeErrors.has(error.code)) throw error
      return importAs(incoming, isWanted)
    }
  }
}
