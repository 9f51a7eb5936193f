// Write priority inside one process. SQLite lets one connection write at a time; the store thread would take the lock again before the app's
// thread, which must not block, finds it free. So the app's thread announces that it wants to write, and the store thread waits. Between
// processes SQLite's own lock decides.
import { setTimeout as sleep } from 'node:timers/promises'
import { UnrollError } from '../contract/errors.ts'
import { busyLimit } from './db.ts'
import { storeError } from './storeError.ts'
import { isStopped } from './lease.ts'
import { holderOf } from './lockHolder.ts'

/** How many writes of the app's thread are waiting or running: one i32. */
export type Turns = SharedArrayBuffer
export const newTurns = (): Turns => new SharedArrayBuffer(4)

/** Blocks this thread while the app's thread wants to write. Must not be called in the app's thread. */
export function yieldToAppThread(turns: Turns): void {
  const waitingWrites = new Int32Array(turns)
  for (let count; (count = Atomics.load(waitingWrites, 0)) > 0;) Atomics.wait(waitingWrites, 0, count, 100)
}

/** Announces a write of the app's thread until `write` is done. */
export async function withPriority<T>(turns: Turns, write: () => Promise<T>): Promise<T> {
  const waitingWrites = new Int32Array(turns)
  Atomics.add(waitingWrites, 0, 1)
  try {
    return await write()
  } finally {
    Atomics.sub(waitingWrites, 0, 1)
    Atomics.notify(waitingWrites, 0)
  }
}

/** Retries `attempt` until the database at `path` is not busy, without blocking the thread. Throws E_DB_BUSY after `busyLimit` ms. */
export async function retryWhileBusy<T>(path: string, attempt: () => T): Promise<T> {
  const end = Date.now() + busyLimit
  for (let wait = 1; ; wait = Math.min(20, 2 * wait)) {
    try {
      return attempt()
    } catch (error) {
      const wrapped = storeError(error, 'writing')
      if (wrapped.code !== 'E_DB_BUSY') throw wrapped
      if (Date.now() > end) {
        const pid = holderOf(path)
        const who = pid ? ` (pid ${pid}${isStopped(pid) ? ', which is stopped' : ''})` : ''
        const advice = pid && isStopped(pid) ? `Let it go on (kill -CONT ${pid}) or end it` : 'Close it'
        throw new UnrollError(
          'E_DB_BUSY',
          `Another process${who} has held the database for more than ${busyLimit / 1000} s. ${advice}, then try again; nothing was lost.`,
        )
      }
      await sleep(wait)
    }
  }
}
