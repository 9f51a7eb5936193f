// Client of the store thread: starts it at the first run and dispatches its messages by run.
import { Worker } from 'node:worker_threads'
import type { ErrorValue } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { workerClient } from '../jobs/workerClient.ts'
import type { TrainingHandle } from '../jobs/pool.ts'
import type { Store } from '../store/store.ts'
import type { RunNews, StoreRequests, StoreMessage } from './storeProtocol.ts'

export type PointWriter = ReturnType<typeof pointWriter>

/** `subscriptions` gives the events of points that have listeners. */
export function pointWriter(store: Store, subscriptions: () => StoreRequests['subscribe']['in']) {
  const listeners = new Map<RunId, (news: RunNews) => void>()
  let started = false

  const thread = workerClient<StoreRequests, StoreMessage>({
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
        listener({ kind: 'failed', error })
        listener({ kind: 'drained' })
      }
    },
  })

  /** Sends the current subscriptions to the thread. */
  function updateSubscriptions(): void {
    if (started) thread.request('subscribe', subscriptions()).catch(() => undefined)
  }

  return {
    claim: (input: StoreRequests['claim']['in']) => thread.request('claim', input),
    /** Has the worker's output stored; `onNews` gets its news in order, `drained` last. */
    storeOutput(
      id: RunId,
      { port, shared }: TrainingHandle,
      activeBefore: number,
      onNews: (news: RunNews) => void,
    ): void {
      const release = thread.hold()
      listeners.set(id, (news) => {
        if (news.kind === 'drained') {
          listeners.delete(id)
          release()
        }
        onNews(news)
      })
      updateSubscriptions()
      thread
        .request('store', { id, activeBefore, shared, port }, [port])
        .catch(() => listeners.get(id)?.({ kind: 'drained' }))
    },
    updateSubscriptions,
    /** Ends the thread after everything is stored. */
    async close(): Promise<void> {
      if (started) await thread.request('close', null).catch(() => undefined)
      started = false
      await thread.close()
    },
  }
}
