// Checks a database file in a worker thread: SQLite checks every page, then each stored row is compared with its checksum, which may take
// seconds. Run as a worker, this file does the check; imported, it starts one. It opens the file read-only and repairs nothing.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { claimTable } from './claims.ts'
import { datasetTable } from './datasets.ts'
import { openForReading, type Db } from './db.ts'
import { flowTable } from './flows.ts'
import { metricTable } from './metrics.ts'
import { runFaults } from './runs.ts'

interface Request {
  /** `quick` checks the pages only. */
  check: 'quick' | 'whole'
  path: string
}

/** Faults, grouped by what they affect; all lists empty = sound. */
export interface CheckReport {
  /** Faults that SQLite reports, at most 20. */
  database: string[]
  runs: string[]
  curves: string[]
  texts: string[]
  claims: string[]
}

const damaged = (error: unknown): CheckReport => ({
  database: [error instanceof Error ? error.message : String(error)],
  runs: [],
  curves: [],
  texts: [],
  claims: [],
})

function pageFaults(db: Db, check: Request['check']): string[] {
  const lines = db.pragma(`${check === 'quick' ? 'quick_check' : 'integrity_check'}(20)`) as Record<
    string,
    string
  >[]
  const faults = lines.map((line) => String(Object.values(line)[0])).filter((line) => line !== 'ok')
  const orphans = (db.pragma('foreign_key_check') as { table: string }[]).map(
    (row) => `${row.table}: a row whose parent is gone`,
  )
  return [...faults, ...orphans]
}

function reportOf({ check, path }: Request): CheckReport {
  try {
    const { db } = openForReading(path)
    try {
      const database = pageFaults(db, check)
      if (check === 'quick' || database.length)
        return { database, runs: [], curves: [], texts: [], claims: [] }
      const metrics = metricTable(db)
      return {
        database,
        runs: runFaults(db),
        curves: [...metrics.faults(), ...flowTable(db).faults()],
        texts: datasetTable(db).faults(),
        claims: claimTable(db).faults(),
      }
    } finally {
      db.close()
    }
  } catch (error) {
    return damaged(error)
  }
}

/** The faults of the file. If pages are damaged, the rows are not checked. */
export function checkDatabase(path: string, check: Request['check']): Promise<CheckReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./check.ts', import.meta.url), {
      workerData: { check, path } satisfies Request,
      execArgv: [],
    })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the check ended without an answer')))
  })
}

const request = workerData as Partial<Request> | null
if (!isMainThread && request?.check && request.path) parentPort?.postMessage(reportOf(request as Request))
