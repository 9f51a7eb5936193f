// The app's side of the thread that stores points: starts it at the first run, passes on what it tells of each run.
import { Worker } from 'node:worker_threads'
import type { ErrorValue } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { asker } from '../jobs/asker.ts'
import type { TrainingHandle } from '../jobs/pool.ts'
import type { Store } from '../store/store.ts'
import type { RunNews, StoreQuestions, StoreSaid } from './storeProtocol.ts'

export type Storing = ReturnType<typeof storing>

/** `heard` says who wants to hear of points. */
export function storing(store: Store, heard: () => StoreQuestions['listen']['in']) {
  const listeners = new Map<RunId, (news: RunNews) => void>()
  let started = false

  const thread = asker<StoreQuestions, StoreSaid>({
    start() {
      started = true
      return new Worker(new URL('./storeThread.ts', import.meta.url), {
        workerData: { folder: store.folder, turns: store.turns },
        execArgv: [],
      })
    },
    said: ({ run, news }) => listeners.get(run)?.(news),
    died(error: ErrorValue) {
      started = false
      for (const listener of [...listeners.values()]) {
        listener({ kind: 'refused', error })
        listener({ kind: 'drained' })
      }
    },
  })

  /** Tells the thread who listens now. */
  function listen(): void {
    if (started) thread.request('listen', heard()).catch(() => undefined)
  }

  return {
    begin: (input: StoreQuestions['begin']['in']) => thread.request('begin', input),
    /** Has everything stored that the worker hands over; `news` hears of it in order, `drained` last. */
    take(
      id: RunId,
      { port, shared }: TrainingHandle,
      activeBefore: number,
      news: (news: RunNews) => void,
    ): void {
      const release = thread.hold()
      listeners.set(id, (what) => {
        if (what.kind === 'drained') {
          listeners.delete(id)
          release()
        }
        news(what)
      })
      listen()
      thread
        .request('take', { id, activeBefore, shared, port }, [port])
        .catch(() => listeners.get(id)?.({ kind: 'drained' }))
    },
    listen,
    /** Ends the thread when all is stored. */
    async close(): Promise<void> {
      if (started) await thread.request('close', null).catch(() => undefined)
      started = false
      await thread.close()
    },
  }
}
