// Who of one process writes next. SQLite lets one connection write at a time; the thread that stores points would take the lock again
// before the app's thread, which must not wait for it, ever finds it free. So the app's thread says that it wants to write, and the
// other one waits. Between processes SQLite's own lock decides.
import { setTimeout as sleep } from 'node:timers/promises'
import { UnrollError } from '../contract/errors.ts'
import { busyLimit } from './db.ts'
import { storeError } from './storeError.ts'
import { isAsleep } from './lease.ts'
import { holderOf } from './lockHolder.ts'

/** How many writes of the app's thread wait or are under way: one i32. */
export type Turns = SharedArrayBuffer
export const newTurns = (): Turns => new SharedArrayBuffer(4)

/** Blocks this thread while the app's thread wants to write. Not for the app's thread. */
export function letOthersWrite(turns: Turns): void {
  const wanting = new Int32Array(turns)
  for (let count; (count = Atomics.load(wanting, 0)) > 0;) Atomics.wait(wanting, 0, count, 100)
}

/** Asks for the next turn for as long as `write` takes. */
export async function takeTurn<T>(turns: Turns, write: () => Promise<T>): Promise<T> {
  const wanting = new Int32Array(turns)
  Atomics.add(wanting, 0, 1)
  try {
    return await write()
  } finally {
    Atomics.sub(wanting, 0, 1)
    Atomics.notify(wanting, 0)
  }
}

/** Tries until `attempt` finds the database at `path` free, the thread being free between two tries. Throws E_DB_BUSY after `busyLimit` ms. */
export async function untilFree<T>(path: string, attempt: () => T): Promise<T> {
  const end = Date.now() + busyLimit
  for (let wait = 1; ; wait = Math.min(20, 2 * wait)) {
    try {
      return attempt()
    } catch (error) {
      const wrapped = storeError(error, 'writing')
      if (wrapped.code !== 'E_DB_BUSY') throw wrapped
      if (Date.now() > end) {
        const pid = holderOf(path)
        const who = pid ? ` (pid ${pid}${isAsleep(pid) ? ', which is stopped' : ''})` : ''
        const advice = pid && isAsleep(pid) ? `Let it go on (kill -CONT ${pid}) or end it` : 'Close it'
        throw new UnrollError(
          'E_DB_BUSY',
          `Another process${who} has held the database for more than ${busyLimit / 1000} s. ${advice}, then try again; nothing was lost.`,
        )
      }
      await sleep(wait)
    }
  }
}
