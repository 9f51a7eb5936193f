// All that is kept, behind one door: the database with its tables, the files beside it, this app's lease. Writes go one after the
// other, each in a transaction that waits up to 10 s for other processes without blocking the thread. A store that cannot be written
// still reads.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UnrollError, type Warning } from '../contract/errors.ts'
import { checkDatabase } from './check.ts'
import { checkpointTable } from './checkpoints.ts'
import { datasetTable } from './datasets.ts'
import { busyLimit, databasePath, storeError, transact, type Db } from './db.ts'
import { removeLeftovers } from './files.ts'
import { flowTable } from './flows.ts'
import { giveUpOwner, isAlive, isAsleep, newOwner } from './lease.ts'
import { metricTable } from './metrics.ts'
import { damaged, foldersIn, openFolder } from './opening.ts'
import { checkPlace } from './place.ts'
import { runTable } from './runs.ts'
import { settingTable } from './settings.ts'

export type Finding = Warning | { code: 'E_DB_CORRUPT' | 'E_STORE_READONLY' | 'E_DISK'; message: string }

/** Pid of another process that holds a write lock on the database, from the kernel's table; undefined where there is none. */
function holderOf(path: string): number | undefined {
  try {
    const files = [path, `${path}-shm`].filter(existsSync).map((file) => String(statSync(file).ino))
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, pid, inode] = /WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
      if (inode && files.includes(inode) && Number(pid) !== process.pid) return Number(pid)
    }
  } catch {
    // Not Linux: the pid is a service, not a need.
  }
  return undefined
}

export type Store = ReturnType<typeof openStore>

/** Opens the store in `folder`, making it if needed. Throws E_STORE_PLACE and the E_DB_ errors that no read-only look can mend. */
export function openStore(folder: string) {
  const findings: Finding[] = checkPlace(folder)
  const path = databasePath(folder)
  const owner = newOwner()
  const { db, sqlite, refusal: reason } = openFolder(folder)
  let refusal = reason
  if (refusal) findings.push(refusal as Finding)
  const metrics = metricTable(db)
  const runs = runTable(db, metrics)
  let registered = false
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  const identity = () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && `${found.dev} ${found.ino}`
  }
  const opened = identity()

  /** SQLite goes on in a file that was removed under it, and all that is stored is lost when it closes. */
  function gone(): UnrollError | undefined {
    if (opened === undefined || identity() === opened) return undefined
    return new UnrollError(
      'E_STORE_PLACE',
      `The data folder ${folder} is gone: it was removed or replaced while Unroll was using it. What is shown is what was in it; nothing can be stored. Put it back, or close Unroll and start it again.`,
    )
  }

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
    const end = Date.now() + busyLimit
    for (;;) {
      const why = whyNot()
      if (why) throw why
      if (closed) throw new UnrollError('E_STATE', 'Unroll is closing.')
      try {
        return commit(change)
      } catch (error) {
        const wrapped = storeError(error, 'writing')
        if (wrapped.code === 'E_DB_CORRUPT') refusal = damaged(folder, wrapped.message)
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
        await sleep(20)
      }
    }
  }

  /** Runs `change` in a transaction, after all writes asked for before. Throws E_DB_BUSY, E_DISK, E_STORE_READONLY, E_DB_CORRUPT. */
  function write<T>(change: () => T): Promise<T> {
    const done = last.then(() => patiently(change))
    last = done.catch(() => undefined)
    return done
  }

  let seenVersion = db.pragma('data_version', { simple: true }) as number
  /** True if another process has committed since the last look. */
  function changedElsewhere(): boolean {
    const now = db.pragma('data_version', { simple: true }) as number
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
    runs,
    metrics,
    flows: flowTable(db),
    checkpoints: checkpointTable(db),
    datasets: datasetTable(db),
    settings: settingTable(db),
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
