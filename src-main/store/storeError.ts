// Maps errors of SQLite and of the system to UnrollErrors with advice.
import { UnrollError } from '../contract/errors.ts'
import { diskError } from './files.ts'

/** An SQLite or system error as an UnrollError; `what` says what was being done. */
export function storeError(error: unknown, what: string): UnrollError {
  if (error instanceof UnrollError) return error
  const code = String((error as { code?: unknown }).code ?? '')
  const message = error instanceof Error ? error.message : String(error)
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new UnrollError(
      'E_DB_BUSY',
      `${what}: another process holds the database. Close it or wait, then try again.`,
    )
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new UnrollError('E_DB_CORRUPT', `${what}: the database is damaged (${message}).`)
  }
  if (/^SQLITE_READONLY/.test(code))
    return new UnrollError('E_STORE_READONLY', `${what}: the database cannot be written.`)
  if (/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(code)) {
    // The -shm file could not grow: only a full disk causes that.
    const full = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE'
    return new UnrollError(
      'E_DISK',
      `${what}: ${full ? 'the disk is full' : `the disk reports an error (${code})`}. Nothing was changed; free some space or check the disk, then try again.`,
    )
  }
  if (/^E[A-Z]+$/.test(code)) return diskError(error, what)
  return new UnrollError('E_INTERNAL', `${what}: ${message}`)
}
