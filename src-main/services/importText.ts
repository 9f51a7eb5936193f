// Streams a file into the store: a worker decodes and counts each piece, which is then written as UTF-8. The whole is never in memory.
import { randomUUID } from 'node:crypto'
import type { DecodeMode } from '../contract/data.ts'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import type { InferenceThread } from '../jobs/pool.ts'
import type { TextStatistics } from '../jobs/textStatistics.ts'
import { writePieces } from '../store/files.ts'

const pieceBytes = 1 << 20

export interface IncomingFile {
  name: string
  /** Streams the file from its beginning at each call; every piece has a buffer of its own. */
  pieces(): AsyncIterable<Uint8Array>
}

/** Copies bytes in memory into transferable pieces. */
export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield Uint8Array.from(bytes.subarray(at, at + pieceBytes))
}

/** Errors of reading as UTF-8 after which the given encoding is tried. */
const decodeErrors = new Set<ErrorCode>(['E_UTF8', 'E_ENCODING', 'E_BINARY'])

/** `assertOpen` is called before each piece and may throw. */
export function textImporter(planner: InferenceThread, folder: string, assertOpen: () => void) {
  async function importAs(
    { name, pieces }: IncomingFile,
    mode: DecodeMode,
    isWanted: (statistics: TextStatistics) => boolean,
  ): Promise<TextStatistics> {
    const job = randomUUID()
    const ask = (bytes: Uint8Array, then: 'more' | 'end' | 'give up') =>
      planner.request('decodePiece', { job, bytes, name, mode, then }, [bytes.buffer as ArrayBuffer])
    let statistics: TextStatistics | undefined

    async function* decoded(): AsyncGenerator<Uint8Array, void, void> {
      // Pipelined: one piece is decoded while the next is read and the previous one is written.
      let waiting: ReturnType<typeof ask> | undefined
      try {
        for await (const piece of pieces()) {
          assertOpen()
          const next = ask(piece, 'more')
          next.catch(() => undefined)
          if (waiting) yield (await waiting).utf8
          waiting = next
        }
        if (waiting) yield (await waiting).utf8
        assertOpen()
        const last = await ask(new Uint8Array(0), 'end')
        statistics = last.statistics
        yield last.utf8
      } finally {
        if (!statistics) ask(new Uint8Array(0), 'give up').catch(() => undefined)
      }
    }

    await writePieces(folder, decoded(), () =>
      statistics && isWanted(statistics) ? statistics.sha256 : undefined,
    )
    return statistics!
  }

  /**
   * Writes the text into `folder` under its hash if `isWanted`; returns its statistics. Throws as textReader and writePieces do; then no
   * file is left.
   */
  return async (
    incoming: IncomingFile,
    mode: DecodeMode,
    isWanted: (statistics: TextStatistics) => boolean,
  ): Promise<TextStatistics> => {
    if (mode === 'strict' || mode === 'replace' || mode === 'skip') return importAs(incoming, mode, isWanted)
    // The given encoding is only used if the file is not UTF-8.
    try {
      return await importAs(incoming, 'strict', isWanted)
    } catch (error) {
      if (!(error instanceof UnrollError) || !decodeErrors.has(error.code)) throw error
      return importAs(incoming, mode, isWanted)
    }
  }
}
