// The store: the database with its tables, the files in the data folder, this app's owner token. Writes are serialised, each in a
// transaction that waits up to 10 s for other processes without blocking the thread. A store that cannot be written can still be read.
import { join } from 'node:path'
import { UnrollError, type Warning } from '../contract/errors.ts'
import { checkDatabase } from './check.ts'
import { databasePath, transact, type Db } from './db.ts'
import { storeError } from './storeError.ts'
import { removeLeftovers, syncFile } from './files.ts'
import { databaseLossCheck } from './databaseLoss.ts'
import { releaseOwner, isAlive, newOwner } from './lease.ts'
import { damaged, foldersIn, openFolder } from './opening.ts'
import { checkFileSystem } from './fileSystemCheck.ts'
import type { ReadStored } from './runRow.ts'
import { tablesOf } from './tables.ts'
import { newTurns, withPriority, retryWhileBusy } from './turns.ts'

export type Finding = Warning | { code: 'E_DB_CORRUPT' | 'E_STORE_READONLY' | 'E_DISK'; message: string }

/** A commit then only appends to the log: `write` awaits the fsync without blocking the thread, and the store thread checkpoints the log. */
function deferSyncAndCheckpoint(db: Db): void {
  db.pragma('synchronous = NORMAL')
  db.pragma('wal_autocheckpoint = 0')
}

export type Store = ReturnType<typeof openStore>

/** Opens the store in `folder`, creating it if missing. Throws E_STORE_PLACE and the E_DB_ errors that exclude reading too. */
export function openStore(folder: string, read: ReadStored) {
  const findings: Finding[] = checkFileSystem(folder)
  const path = databasePath(folder)
  const owner = newOwner()
  const { db, sqlite, refusal: reason } = openFolder(folder)
  let refusal = reason
  if (refusal) findings.push(refusal as Finding)
  if (!refusal) deferSyncAndCheckpoint(db)
  const tables = tablesOf(db, read)
  const turns = newTurns()
  let registered = false
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  const lossError = databaseLossCheck(folder, path)

  /** Why nothing can be written; undefined = writable. */
  const currentRefusal = () => refusal ?? lossError()

  /** True if an app that had written ended without closing. */
  function leftUnclean(): boolean {
    const tokens = db.prepare<[], string>('SELECT token FROM owners').pluck().all()
    return tokens.some((token) => !isAlive(token))
  }

  /** After an unclean exit: SQLite's check and removal of leftover files. Nothing may be written before it is over. */
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
    // If this fails, the tokens stay registered, and the next start only checks the file once more.
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

  async function commitWhenFree<T>(change: () => T): Promise<T> {
    try {
      const result = await withPriority(turns, () =>
        retryWhileBusy(path, () => {
          const why = currentRefusal()
          if (why) throw why
          if (closed) throw new UnrollError('E_STATE', 'Unroll is closing.')
          return commit(change)
        }),
      )
      await syncFile(`${path}-wal`)
      return result
    } catch (error) {
      throw noteCorruption(storeError(error, 'writing'))
    }
  }

  /** A damaged database is read-only from then on. */
  function noteCorruption(error: UnrollError): UnrollError {
    if (error.code === 'E_DB_CORRUPT') refusal ??= damaged(folder, error.message)
    return error
  }

  /** Runs `change` in a transaction, after all earlier writes. Throws E_DB_BUSY, E_DISK, E_STORE_READONLY, E_DB_CORRUPT. */
  function write<T>(change: () => T): Promise<T> {
    const done = last.then(() => commitWhenFree(change))
    last = done.catch(() => undefined)
    return done
  }

  /** Registers this app as a writer, so that its end without closing is detected. */
  async function registerOwner(): Promise<void> {
    if (!registered) await write(() => undefined)
  }

  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seenVersion = dataVersion.get()
  /** True if another process has committed since the last call. */
  function changedElsewhere(): boolean {
    const now = dataVersion.get()
    const changed = now !== seenVersion
    seenVersion = now
    return changed
  }

  /** Merges the log into the file and removes our token: a clean exit. */
  async function close(): Promise<void> {
    await last
    if (closed) return
    closed = true
    if (registered && !currentRefusal()) {
      try {
        transact(db, () => db.prepare('DELETE FROM owners WHERE token = ?').run(owner))
      } catch {
        // The token stays registered, and the next start only checks the file once more.
      }
    }
    releaseOwner(owner)
    db.close()
  }

  return {
    folder,
    path,
    owner,
    sqlite,
    findings,
    ...tables,
    /** For other threads that write. */
    turns,
    noteCorruption,
    registerOwner,
    /** Why nothing can be written; undefined = writable. */
    refusal: currentRefusal,
    /** Throws the reason if nothing can be written: for use before work whose result must be stored. */
    assertWritable(): void {
      const why = currentRefusal()
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
