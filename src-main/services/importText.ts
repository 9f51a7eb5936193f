// Takes a file in: pieces go to a worker that decodes and counts, come back as UTF-8 and are written, never the whole at once.
import { randomUUID } from 'node:crypto'
import type { DecodeMode } from '../contract/data.ts'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import type { Looker } from '../jobs/pool.ts'
import type { TextFacts } from '../jobs/protocol.ts'
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
export function textImporter(planner: Looker, folder: string, refuse: () => void) {
  async function take(
    { name, pieces }: Incoming,
    mode: DecodeMode,
    isWanted: (facts: TextFacts) => boolean,
  ): Promise<TextFacts> {
    const job = randomUUID()
    const ask = (bytes: Uint8Array, then: 'more' | 'end' | 'give up') =>
      planner.request('decode', { job, bytes, name, mode, then }, [bytes.buffer as ArrayBuffer])
    let facts: TextFacts | undefined

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
        facts = last.facts
        yield last.utf8
      } finally {
        if (!facts) ask(new Uint8Array(0), 'give up').catch(() => undefined)
      }
    }

    await writePieces(folder, decoded(), () => (facts && isWanted(facts) ? facts.sha256 : undefined))
    return facts!
  }

  /** What the text is, its UTF-8 in `folder` under its hash if it is wanted. Throws as textReader and writePieces do; then nothing is left. */
  return async (
    incoming: Incoming,
    mode: DecodeMode,
    isWanted: (facts: TextFacts) => boolean,
  ): Promise<TextFacts> => {
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
