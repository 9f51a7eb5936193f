// Group commit for the store thread: all waiting writes go into one transaction, so that several runs share one fsync.
import { setImmediate as turn } from 'node:timers/promises'
import { databasePath, transact, type Db } from './db.ts'
import { databaseLossCheck } from './databaseLoss.ts'
import { yieldToAppThread, retryWhileBusy, type Turns } from './turns.ts'

interface Waiting {
  change: () => unknown
  resolve: (result: never) => void
  reject: (error: unknown) => void
}

/** `write(change)` resolves when the transaction with `change` is on the disk. Throws E_DB_BUSY, E_DISK, E_DB_CORRUPT, E_STORE_PLACE. */
export function groupWriter(db: Db, folder: string, turns: Turns) {
  const path = databasePath(folder)
  const lossError = databaseLossCheck(folder, path)
  let waiting: Waiting[] = []
  let working: Promise<void> | undefined

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await retryWhileBusy(path, () => {
        const why = lossError()
        if (why) throw why
        yieldToAppThread(turns)
        return transact(db, () => group.map(({ change }) => change()))
      })
      group.forEach(({ resolve }, i) => resolve(results[i] as never))
    } catch (error) {
      // A change that fails must not fail the others of its group.
      if (group.length > 1) for (const one of group) await commit([one])
      else group[0]!.reject(error)
    }
  }

  async function work(): Promise<void> {
    while (waiting.length) {
      const group = waiting
      waiting = []
      await commit(group)
      // Messages that arrived during the commit join the next group.
      await turn()
    }
    working = undefined
  }

  return <T>(change: () => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ change, resolve, reject })
      working ??= work()
    })
}
