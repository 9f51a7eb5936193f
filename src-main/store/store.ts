// All that is kept, behind one door: the database with its tables, the files beside it, this app's lease. Writes go one after the
// other, each in a transaction that waits up to 10 s for other processes without blocking the thread. A store that cannot be written
// still reads.
import { join } from 'node:path'
import { UnrollError, type Warning } from '../contract/errors.ts'
import { checkDatabase } from './check.ts'
import { databasePath, transact, type Db } from './db.ts'
import { storeError } from './storeError.ts'
import { removeLeftovers, syncFile } from './files.ts'
import { fileKeeper } from './identity.ts'
import { giveUpOwner, isAlive, newOwner } from './lease.ts'
import { damaged, foldersIn, openFolder } from './opening.ts'
import { checkPlace } from './place.ts'
import type { ReadStored } from './runRow.ts'
import { tablesOf } from './tables.ts'
import { newTurns, takeTurn, untilFree } from './turns.ts'

export type Finding = Warning | { code: 'E_DB_CORRUPT' | 'E_STORE_READONLY' | 'E_DISK'; message: string }

/** A commit then only writes to the log: whoever commits here waits for the disk without blocking the thread, and the log is merged by others. */
function leaveSlowPartsToOthers(db: Db): void {
  db.pragma('synchronous = NORMAL')
  db.pragma('wal_autocheckpoint = 0')
}

export type Store = ReturnType<typeof openStore>

/** Opens the store in `folder`, making it if needed. Throws E_STORE_PLACE and the E_DB_ errors that no read-only look can mend. */
export function openStore(folder: string, read: ReadStored) {
  const findings: Finding[] = checkPlace(folder)
  const path = databasePath(folder)
  const owner = newOwner()
  const { db, sqlite, refusal: reason } = openFolder(folder)
  let refusal = reason
  if (refusal) findings.push(refusal as Finding)
  if (!refusal) leaveSlowPartsToOthers(db)
  const tables = tablesOf(db, read)
  const turns = newTurns()
  let registered = false
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  const gone = fileKeeper(folder, path)

  /** Why nothing can be written; undefined = writable. */
  const whyNot = () => refusal ?? gone()

  /** True if an app that had written vanished without closing. */
  function leftUnclean(): boolean {
    const tokens = db.prepare<[], string>('SELECT token FROM owners').pluck().all()
    return tokens.some((token) => !isAlive(token))
  }

  /** After an unclean exit: SQLite's check, removal of leftovers. Until it is over nothing may be written. */
  async function recover(): Promise<void> {
    if (refusal) return
    const unclean = leftUnclean()
    if (unclean) {
      const { database: faults } = await checkDatabase(path, 'quick')
      if (faults.length) {
        refusal = damaged(folder, faults.slice(0, 3).join('; '))
        findings.push(refusal as Finding)
        return
      }
      findings.push({
        code: 'W_UNCLEAN_EXIT',
        message: 'Unroll did not close properly last time. The database was checked and is sound.',
      })
    }
    await removeLeftovers(folder)
    // Left registered where nothing can be written: the next start checks the file once more, nothing worse.
    if (unclean) await write(() => forgetDead()).catch(() => undefined)
  }

  function forgetDead(): void {
    for (const token of db.prepare<[], string>('SELECT token FROM owners').pluck().all()) {
      if (!isAlive(token)) db.prepare('DELETE FROM owners WHERE token = ?').run(token)
    }
  }

  function commit<T>(change: () => T): T {
    const result = transact(db, () => {
      if (!registered) db.prepare('INSERT OR IGNORE INTO owners VALUES (?, ?)').run(owner, Date.now())
      return change()
    })
    registered = true
    return result
  }

  async function patiently<T>(change: () => T): Promise<T> {
    try {
      const result = await takeTurn(turns, () =>
        untilFree(path, () => {
          const why = whyNot()
          if (why) throw why
          if (closed) throw new UnrollError('E_STATE', 'Unroll is closing.')
          return commit(change)
        }),
      )
      await syncFile(`${path}-wal`)
      return result
    } catch (error) {
      throw noted(storeError(error, 'writing'))
    }
  }

  /** A damaged database is not written any more. */
  function noted(error: UnrollError): UnrollError {
    if (error.code === 'E_DB_CORRUPT') refusal ??= damaged(folder, error.message)
    return error
  }

  /** Runs `change` in a transaction, after all writes asked for before. Throws E_DB_BUSY, E_DISK, E_STORE_READONLY, E_DB_CORRUPT. */
  function write<T>(change: () => T): Promise<T> {
    const done = last.then(() => patiently(change))
    last = done.catch(() => undefined)
    return done
  }

  /** This app is among those that have written, so that its end without closing is noticed. */
  async function announced(): Promise<void> {
    if (!registered) await write(() => undefined)
  }

  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seenVersion = dataVersion.get()
  /** True if another process has committed since the last look. */
  function changedElsewhere(): boolean {
    const now = dataVersion.get()
    const changed = now !== seenVersion
    seenVersion = now
    return changed
  }

  /** Ends with the log merged into the file and our lease gone: a clean exit. */
  async function close(): Promise<void> {
    await last
    if (closed) return
    closed = true
    if (registered && !whyNot()) {
      try {
        transact(db, () => db.prepare('DELETE FROM owners WHERE token = ?').run(owner))
      } catch {
        // Left registered: the next start checks the file once more, nothing worse.
      }
    }
    giveUpOwner(owner)
    db.close()
  }

  return {
    folder,
    path,
    owner,
    sqlite,
    findings,
    ...tables,
    /** For threads that write too. */
    turns,
    noted,
    announced,
    /** Why nothing can be written; undefined = writable. */
    refusal: whyNot,
    /** Throws why nothing can be written: before work that would end in vain. */
    demandWritable(): void {
      const why = whyNot()
      if (why) throw why
    },
    recover,
    write,
    changedElsewhere,
    close,
    database: db as Db,
    checkpointFolder: (runId: string) => join(foldersIn(folder).checkpoints, runId),
    datasetFile: (sha256: string) => join(foldersIn(folder).datasets, sha256),
  }
}
