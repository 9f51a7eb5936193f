// Opens the database: checks that the file is Unroll's before a byte is written, creates it atomically, migrates it, sets the pragmas that
// durability needs. Refuses an SQLite with the WAL bug of 3.7.0-3.51.2, files of other programs, newer schemas.
import Database from 'better-sqlite3'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UnrollError } from '../contract/errors.ts'
import { hasDatabase, headerOf } from './dataFolder.ts'
import { faultPoint } from './faults.ts'
import { removeDatabaseSync, makeFileSync, linkOrRenameSync, tempBeside, withCopiesSync } from './files.ts'
import { applicationId, migrations as released, type Migration } from './migrations.ts'
import { schemaDifferences } from './schema.ts'
import { storeError } from './storeError.ts'

export type Db = Database.Database

const lowestSqlite = [3, 51, 3]
/** Milliseconds to wait for a lock of another process in all. A statement waits `statementWait`; BEGIN does not wait. */
export const busyLimit = 10_000
const statementWait = 100

function assertSqlite(db: Db): string {
  const version = db.prepare('SELECT sqlite_version()').pluck().get() as string
  const parts = version.split('.').map(Number)
  const order =
    lowestSqlite.map((wanted, i) => (parts[i] ?? 0) - wanted).find((difference) => difference !== 0) ?? 0
  if (order < 0) {
    throw new UnrollError(
      'E_INTERNAL',
      `SQLite ${version} can corrupt databases in WAL mode; ${lowestSqlite.join('.')} or newer is needed. Run npm ci.`,
    )
  }
  return version
}

/** Runs `change` in one BEGIN IMMEDIATE transaction, rolled back if it throws. Does not wait for a lock of another connection. */
export function transact<T>(db: Db, change: () => T): T {
  db.pragma('busy_timeout = 0')
  try {
    db.exec('BEGIN IMMEDIATE')
  } finally {
    db.pragma(`busy_timeout = ${statementWait}`)
  }
  try {
    const result = change()
    faultPoint('commit')
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const versionOf = (db: Db) => db.pragma('user_version', { simple: true }) as number

function migrate(db: Db, migrations: readonly Migration[]): void {
  while (versionOf(db) < migrations.length) {
    transact(db, () => {
      const from = versionOf(db)
      if (from >= migrations.length) return
      const step = migrations[from]!
      if (typeof step === 'string') db.exec(step)
      else step(db)
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${from + 1}`)
    })
  }
}

function setPragmas(db: Db): Db {
  db.pragma('foreign_keys = ON')
  db.pragma('trusted_schema = OFF')
  db.pragma('cell_size_check = ON')
  return db
}

/** Created as a temp file and linked to `path`: a crash leaves no database or a complete one, and of two creators one wins. */
function create(path: string, migrations: readonly Migration[]): void {
  const temp = tempBeside(path)
  try {
    faultPoint('write')
    makeFileSync(temp)
    const db = new Database(temp)
    try {
      db.pragma('synchronous = FULL')
      migrate(db, migrations)
      db.pragma('journal_mode = WAL')
    } finally {
      db.close()
    }
    linkOrRenameSync(temp, path)
  } catch (error) {
    removeDatabaseSync(temp)
    throw storeError(error, `creating ${path}`)
  }
}

/** Reads the header without SQLite. Throws E_DB_NOT, E_DB_SCHEMA, E_DB_NEWER. Returns the schema version in the main file. */
function checkHeader(path: string, newest: number): number {
  if (!statSync(path).isFile())
    throw new UnrollError('E_DB_NOT', `${path} is not a file. Move it away, or choose another data folder.`)
  const header = headerOf(path)
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new UnrollError(
      'E_DB_NOT',
      `${path} is not an SQLite database (empty, encrypted or another kind of file). Move it away, or choose another data folder.`,
    )
  }
  const id = header.readUInt32BE(68)
  if (id !== applicationId) {
    throw new UnrollError(
      'E_DB_SCHEMA',
      `${path} was made by another program (application id 0x${id.toString(16)}, expected 0x${applicationId.toString(16)}). Choose another data folder.`,
    )
  }
  const version = header.readUInt32BE(60)
  refuseNewer(path, version, newest)
  return version
}

function refuseNewer(path: string, version: number, newest: number): void {
  if (version > newest) {
    throw new UnrollError(
      'E_DB_NEWER',
      `${path} was made by a newer Unroll (schema ${version}; this one knows ${newest}). Update Unroll; nothing was changed.`,
    )
  }
}

function checkSchema(db: Db, path: string, migrations: readonly Migration[]): void {
  const model = new Database(':memory:')
  migrate(model, migrations)
  const differences = schemaDifferences(model, db)
  model.close()
  if (differences.length) {
    const shown =
      differences.slice(0, 10).join('; ') +
      (differences.length > 10 ? `; and ${differences.length - 10} more` : '')
    throw new UnrollError(
      'E_DB_SCHEMA',
      `${path} does not have Unroll's tables: ${shown}. Choose another data folder, or put a backup in its place.`,
    )
  }
}

/** Throws E_DB_NEWER, and E_DB_SCHEMA unless the tables are those of the schema version in the file. */
function checkVersion(db: Db, path: string, migrations: readonly Migration[]): void {
  db.transaction(() => {
    const version = versionOf(db)
    refuseNewer(path, version, migrations.length)
    if (version < migrations.length) checkSchema(db, path, migrations.slice(0, version))
  })()
}

/** Retries until the lock is free or `busyLimit` ms are over. Blocks the thread, so only for opening. */
function retryWhileBusySync<T>(what: string, attempt: () => T): T {
  const end = Date.now() + busyLimit
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      const wrapped = storeError(error, what)
      if (wrapped.code !== 'E_DB_BUSY' || Date.now() > end) throw wrapped
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

export interface Opened {
  db: Db
  sqlite: string
}

/** The database at `path`, open for reading and writing; created if missing. Throws every E_DB_ error, E_DISK, E_STORE_READONLY. */
export function openForWriting(path: string, migrations = released): Opened {
  if (!hasDatabase(path)) create(path, migrations)
  const version = checkHeader(path, migrations.length)
  const what = `opening ${path}`
  if (version < migrations.length) {
    const look = retryWhileBusySync(
      what,
      () => new Database(path, { readonly: true, timeout: statementWait }),
    )
    const real = retryWhileBusySync(what, () => versionOf(look))
    look.close()
    refuseNewer(path, real, migrations.length)
  }
  return retryWhileBusySync(what, () => {
    const db = new Database(path, { timeout: statementWait, fileMustExist: true })
    try {
      const sqlite = assertSqlite(db)
      db.pragma('journal_mode = WAL')
      db.pragma('synchronous = FULL')
      db.pragma(`journal_size_limit = ${64 << 20}`)
      setPragmas(db)
      checkVersion(db, path, migrations)
      migrate(db, migrations)
      checkSchema(db, path, migrations)
      return { db, sqlite }
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/**
 * Another connection, for a thread of this process, to a database that is already open. It must not open the file itself to check it:
 * on POSIX, closing any descriptor of a file releases all locks of the process on it, those of SQLite too.
 */
export function openBeside(path: string, readonly: boolean): Db {
  const db = new Database(path, { readonly, fileMustExist: true, timeout: statementWait })
  if (!readonly) db.pragma('synchronous = FULL')
  return setPragmas(db)
}

/**
 * A copy of the database in memory, for folders where SQLite cannot create the -shm file. A non-empty log is merged in a temporary copy.
 */
function inMemory(path: string): Db {
  const log = `${path}-wal`
  if (existsSync(log) && statSync(log).size > 0) {
    return withCopiesSync([path, log], ([copy]) => {
      const whole = new Database(copy)
      try {
        whole.pragma('journal_mode = DELETE')
        return new Database(whole.serialize())
      } finally {
        whole.close()
      }
    })
  }
  const bytes = readFileSync(path)
  // Bytes 18 and 19 of the header mean WAL mode; a database in memory has no log.
  bytes[18] = bytes[19] = 1
  return new Database(bytes)
}

function readable(path: string): Db {
  try {
    const db = new Database(path, { readonly: true, timeout: statementWait })
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    if (storeError(error, path).code === 'E_DB_CORRUPT') throw error
    return inMemory(path)
  }
}

/** A copy in memory of a database with an older schema, migrated. Throws E_STORE_READONLY if that fails. */
function migratedInMemory(path: string, migrations: readonly Migration[]): Db {
  let db: Db | undefined
  try {
    db = setPragmas(inMemory(path))
    migrate(db, migrations)
    return db
  } catch (error) {
    db?.close()
    const { message } = storeError(error, `reading ${path}`)
    throw new UnrollError(
      'E_STORE_READONLY',
      `${path} is from an older Unroll and cannot be written; a copy of it in memory could not be upgraded: ${message}`,
    )
  }
}

/** For folders that cannot be written: opens the file read-only if SQLite can and its schema is the newest, else a copy in memory. */
export function openForReading(path: string, migrations = released): Opened {
  checkHeader(path, migrations.length)
  const what = `opening ${path}`
  let db: Db | undefined
  try {
    db = setPragmas(readable(path))
    checkVersion(db, path, migrations)
    if (versionOf(db) < migrations.length) {
      db.close()
      db = migratedInMemory(path, migrations)
    }
    checkSchema(db, path, migrations)
    db.pragma('query_only = ON')
    return { db, sqlite: assertSqlite(db) }
  } catch (error) {
    db?.close()
    throw storeError(error, what)
  }
}

/** An empty database in memory with the current schema. */
export function emptyDatabase(migrations = released): Opened {
  const db = new Database(':memory:')
  migrate(db, migrations)
  setPragmas(db).pragma('query_only = ON')
  return { db, sqlite: assertSqlite(db) }
}

export const databasePath = (folder: string): string => join(folder, 'unroll.db')
