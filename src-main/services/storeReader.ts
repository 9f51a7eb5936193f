// Slow queries in threads beside the app's: points in one, lists in another, so that lists never wait for curves. A read-only store
// may be in memory, where no other thread can open it: its queries run in the app's thread.
import { Worker } from 'node:worker_threads'
import { handlersFor, runsIn, type Output, type Parsed } from '../contract/api.ts'
import { encodeWire } from '../contract/wire.ts'
import { workerClient } from '../jobs/workerClient.ts'
import type { Store } from '../store/store.ts'
import { reads, type ReadCommand, type Reads } from './reads.ts'
import type { ReadRequests } from './readThread.ts'

export type StoreReader = ReturnType<typeof storeReader>

export const isRead = (name: string): name is ReadCommand => runsIn(name, 'list reader', 'point reader')

/** Milliseconds without a request after which a thread ends and frees its memory. */
const idleMs = 20_000

export function storeReader(store: Store) {
  const here = reads(store)
  const start = () =>
    workerClient<ReadRequests>({
      start: () =>
        new Worker(new URL('./readThread.ts', import.meta.url), {
          workerData: { path: store.path },
          execArgv: [],
          resourceLimits: { maxYoungGenerationSizeMb: 12 },
        }),
      idleMs,
    })
  const points = start()
  const lists = start()
  const threadFor = (name: keyof Reads) => (runsIn(name, 'list reader') ? lists : points)

  /** Throws E_NOT_FOUND and the E_DB_ errors. */
  async function ask<K extends keyof Reads & string>(
    name: K,
    input: Reads[K]['in'],
  ): Promise<Reads[K]['out']> {
    if (store.refusal()) return here[name](input as never) as Reads[K]['out']
    return threadFor(name).request(name, { input, wire: false }) as Promise<Reads[K]['out']>
  }

  return {
    ask,
    /** The handlers of these commands. */
    commands: handlersFor<{ [K in ReadCommand]: (input: Parsed<K>) => Promise<Output<K>> }>(
      isRead,
      (name) => (input: never) => ask(name, input),
    ),
    /** The answer as a message for the web server, encoded in the reader's thread. */
    async wire(name: ReadCommand, input: Reads[ReadCommand]['in']): Promise<Uint8Array> {
      if (store.refusal()) return new TextEncoder().encode(encodeWire(here[name](input as never)))
      return threadFor(name).request(name, { input: input as never, wire: true }) as Promise<Uint8Array>
    },
    async close(): Promise<void> {
      await Promise.all([points.close(), lists.close()])
    },
  }
}
