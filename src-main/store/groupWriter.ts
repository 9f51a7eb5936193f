// Writes of a thread that is not the app's: all that wait go into one transaction, so that several runs share one wait for the disk.
import { setImmediate as turn } from 'node:timers/promises'
import { databasePath, transact, type Db } from './db.ts'
import { fileKeeper } from './identity.ts'
import { letOthersWrite, untilFree, type Turns } from './turns.ts'

interface Waiting {
  change: () => unknown
  resolve: (result: never) => void
  reject: (error: unknown) => void
}

/** `write(change)` resolves when the transaction with `change` is on the disk. Throws E_DB_BUSY, E_DISK, E_DB_CORRUPT, E_STORE_PLACE. */
export function groupWriter(db: Db, folder: string, turns: Turns) {
  const path = databasePath(folder)
  const gone = fileKeeper(folder, path)
  let waiting: Waiting[] = []
  let working: Promise<void> | undefined

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await untilFree(path, () => {
        const why = gone()
        if (why) throw why
        letOthersWrite(turns)
        return transact(db, () => group.map(({ change }) => change()))
      })
      group.forEach(({ resolve }, i) => resolve(results[i] as never))
    } catch (error) {
      // One faulty change must not take the others along.
      if (group.length > 1) for (const one of group) await commit([one])
      else group[0]!.reject(error)
    }
  }

  async function work(): Promise<void> {
    while (waiting.length) {
      const group = waiting
      waiting = []
      await commit(group)
      // Messages that came meanwhile join the next group.
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
