// Takes a file in: pieces go to a worker that decodes and counts, come back as UTF-8 and are written, never the whole at once.
import { randomUUID } from 'node:crypto'
import type { DecodeMode } from '../contract/data.ts'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import type { InferenceThread } from '../jobs/pool.ts'
import type { TextStatistics } from '../jobs/textStatistics.ts'
import { writePieces } from '../store/files.ts'

const pieceBytes = 1 << 20

export interface Incoming {
  name: string
  /** The file from its beginning, at each call; every piece has a buffer of its own. */
  pieces(): AsyncIterable<Uint8Array>
}

/** Bytes that are in memory already, in pieces that may be given away. */
export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield Uint8Array.from(bytes.subarray(at, at + pieceBytes))
}

/** What a file of another encoding is refused for as UTF-8. */
const otherwise = new Set<ErrorCode>(['E_UTF8', 'E_ENCODING', 'E_BINARY'])

/** `refuse` is called before each piece and may throw. */
export function textImporter(planner: InferenceThread, folder: string, refuse: () => void) {
  async function take(
    { name, pieces }: Incoming,
    mode: DecodeMode,
    isWanted: (statistics: TextStatistics) => boolean,
  ): Promise<TextStatistics> {
    const job = randomUUID()
    const ask = (bytes: Uint8Array, then: 'more' | 'end' | 'give up') =>
      planner.request('decodePiece', { job, bytes, name, mode, then }, [bytes.buffer as ArrayBuffer])
    let statistics: TextStatistics | undefined

    async function* decoded(): AsyncGenerator<Uint8Array, void, void> {
      // One piece is decoded while the next is read and the one before is written.
      let waiting: ReturnType<typeof ask> | undefined
      try {
        for await (const piece of pieces()) {
          refuse()
          const next = ask(piece, 'more')
          next.catch(() => undefined)
          if (waiting) yield (await waiting).utf8
          waiting = next
        }
        if (waiting) yield (await waiting).utf8
        refuse()
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

  /** What the text is, its UTF-8 in `folder` under its hash if it is wanted. Throws as textReader and writePieces do; then nothing is left. */
  return async (
    incoming: Incoming,
    mode: DecodeMode,
    isWanted: (statistics: TextStatistics) => boolean,
  ): Promise<TextStatistics> => {
    if (mode === 'strict' || mode === 'replace' || mode === 'skip') return take(incoming, mode, isWanted)
    // An encoding is for what is not UTF-8.
    try {
      return await take(incoming, 'strict', isWanted)
    } catch (error) {
      if (!(error instanceof UnrollError) || !otherwise.has(error.code)) throw error
      return take(incoming, mode, isWanted)
    }
  }
}
