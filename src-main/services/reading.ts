// Long reads beside the app's thread: points in one thread, lists in another, so that a list never waits for curves. A store that is open for reading only may lie in memory, where no other thread sees it: it is read here.
import { Worker } from 'node:worker_threads'
import { handlersFor, runsIn, type Output, type Parsed } from '../contract/api.ts'
import { encodeWire } from '../contract/wire.ts'
import { asker } from '../jobs/asker.ts'
import type { Store } from '../store/store.ts'
import { reads, type ReadCommand, type Reads } from './reads.ts'
import type { ReadQuestions } from './readThread.ts'

export type Reading = ReturnType<typeof reading>

export const isRead = (name: string): name is ReadCommand => runsIn(name, 'list reader', 'point reader')

/** After that many milliseconds without a question a thread and its memory go. */
const idleMs = 20_000

export function reading(store: Store) {
  const here = reads(store)
  const start = () =>
    asker<ReadQuestions>({
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
    /** The handlers of the commands that are answered so. */
    commands: handlersFor<{ [K in ReadCommand]: (input: Parsed<K>) => Promise<Output<K>> }>(
      isRead,
      (name) => (input: never) => ask(name, input),
    ),
    /** The answer as a message of the web door, encoded where it was read. */
    async wire(name: ReadCommand, input: Reads[ReadCommand]['in']): Promise<Uint8Array> {
      if (store.refusal()) return new TextEncoder().encode(encodeWire(here[name](input as never)))
      return threadFor(name).request(name, { input: input as never, wire: true }) as Promise<Uint8Array>
    },
    async close(): Promise<void> {
      await Promise.all([points.close(), lists.close()])
    },
  }
}
