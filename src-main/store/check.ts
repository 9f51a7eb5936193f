// SQLite's own check of a database file, in a thread of its own: it reads every page, which may take seconds. Run as a worker this
// file does the check; imported it starts one. It opens the file read-only and repairs nothing.
import Database from 'better-sqlite3'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

interface Request {
  check: 'quick_check' | 'integrity_check'
  path: string
}

function faultsOf({ check, path }: Request): string[] {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 10_000 })
    try {
      const lines = db.pragma(`${check}(20)`) as Record<string, string>[]
      const faults = lines.map((line) => String(Object.values(line)[0])).filter((line) => line !== 'ok')
      const orphans = (db.pragma('foreign_key_check') as { table: string }[]).map(
        (row) => `${row.table}: a row whose parent is gone`,
      )
      return [...faults, ...orphans]
    } finally {
      db.close()
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** The faults that SQLite finds in the file, at most 20; empty = sound. */
export function checkDatabase(path: string, check: Request['check'] = 'quick_check'): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./check.ts', import.meta.url), {
      workerData: { check, path } satisfies Request,
    })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the check ended without an answer')))
  })
}

const request = workerData as Partial<Request> | null
if (!isMainThread && request?.check && request.path) parentPort?.postMessage(faultsOf(request as Request))
