// The table of runs. A status changes only through `set` and `claim`, inside a transaction. Every change gets a version number, by which
// other processes find what changed.
import type { RunId, RunRow, RunSample, GrayImages, RunStatus, AnswerTable } from '../contract/run.ts'
import { checksum, isSound } from './checksum.ts'
import type { Db } from './db.ts'
import type { MetricTable } from './metrics.ts'
import {
  isReadable,
  parseJson,
  toRow,
  type NewRun,
  type ReadStored,
  type RunColumns,
  type RunRecord,
} from './runRow.ts'

export interface RunFilter {
  search: string
  status?: RunStatus | undefined
  trash: boolean
  limit: number
  offset: number
}

interface SampleRow {
  run_id: string
  step: number
  at: number
  text: string
  answers: string | null
  checksum: number | null
}

const isWhole = ({ step, at, text, answers, checksum }: SampleRow): boolean =>
  isSound(checksum, step, at, text, answers)

export type RunTable = ReturnType<typeof runTable>

/** Statements over `runs`, `samples` and `purged`. Functions that write must be called inside a transaction. */
export function runTable(db: Db, metrics: MetricTable, read: ReadStored) {
  const one = db.prepare<[string], RunRecord>('SELECT * FROM runs WHERE id = ?')
  const queue = db
    .prepare<[], string>("SELECT id FROM runs WHERE status = 'queued' ORDER BY queue_order, id")
    .pluck()
  const bump = db
    .prepare<[string], number>('UPDATE meta SET value = value + 1 WHERE key = ? RETURNING value')
    .pluck()
  const counter = db.prepare<[string], number>('SELECT value FROM meta WHERE key = ?').pluck()
  const active = db.prepare<[], RunRecord>("SELECT * FROM runs WHERE status IN ('queued', 'running')")
  const running = db.prepare<[], number>("SELECT count(*) FROM runs WHERE status = 'running'").pluck()
  const since = db.prepare<[number], RunRecord>('SELECT * FROM runs WHERE version > ? ORDER BY version')
  const purgedSince = db.prepare<[number], { id: string; version: number }>(
    'SELECT id, version FROM purged WHERE version > ?',
  )
  const addPurged = db.prepare<[string, number]>('INSERT OR REPLACE INTO purged VALUES (?, ?)')
  const drop = db.prepare<[string]>('DELETE FROM runs WHERE id = ?')
  const addSampleRow = db.prepare<[string, number, number, string, string | null, number]>(
    'INSERT INTO samples (run_id, step, at, text, answers, checksum) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const sampleRows = db.prepare<[string, number], SampleRow>(
    'SELECT * FROM samples WHERE run_id = ? AND step > ? ORDER BY id',
  )
  const dropSamples = db.prepare<[string, number]>('DELETE FROM samples WHERE run_id = ? AND step > ?')

  const nextVersion = () => bump.get('change')!
  const rows = (records: RunRecord[]): RunRow[] => {
    const found = metrics.summaries(records.map((record) => record.id))
    const waiting = records.some((record) => record.status === 'queued') ? queue.all() : []
    return records.map((record) => toRow(record, found.get(record.id) ?? [], waiting, read))
  }

  /** Inserts a row; colour and version number are assigned here. */
  function insert(run: NewRun): void {
    const full = {
      ...run,
      config_checksum: checksum(run.config),
      color: run.color ?? String((bump.get('runs')! - 1) % 20),
      version: nextVersion(),
    }
    const keys = Object.keys(full)
    db.prepare(
      `INSERT INTO runs (${keys.join(', ')}) VALUES (${keys.map((key) => `@${key}`).join(', ')})`,
    ).run(full)
  }

  const updates = new Map<string, ReturnType<Db['prepare']>>()

  /** Changes columns of one run. */
  function set(id: RunId, columns: Partial<RunColumns>): void {
    const keys = Object.keys(columns)
    const sql = `UPDATE runs SET ${[...keys, 'version'].map((key) => `${key} = @${key}`).join(', ')} WHERE id = @id`
    const statement = updates.get(sql) ?? db.prepare(sql)
    updates.set(sql, statement)
    statement.run({ ...columns, id, version: nextVersion() })
  }

  /** Marks a queued run of `owner` as running if fewer than `max` runs are running in all processes; false if it is not queued any more. */
  function claim(id: RunId, owner: string, max: number): boolean {
    const record = one.get(id)
    if (!record || record.status !== 'queued' || record.owner !== owner || running.get()! >= max) return false
    set(id, {
      status: 'running',
      queue_order: null,
      request: null,
      attempt: record.attempt + 1,
      started_at: record.started_at ?? Date.now(),
      ended_at: null,
      error: null,
      reason: null,
    })
    return true
  }

  /** Puts a run at the end of the queue of `owner`. */
  function enqueue(id: RunId, owner: string): void {
    set(id, {
      status: 'queued',
      owner,
      request: null,
      queue_order: bump.get('change')!,
      ended_at: null,
      reason: null,
      error: null,
    })
  }

  function list({ search, status, trash, limit, offset }: RunFilter): { runs: RunRow[]; total: number } {
    const terms = search.toLowerCase().split(/\s+/).filter(Boolean)
    const conditions = [
      trash ? 'trashed_at IS NOT NULL' : 'trashed_at IS NULL',
      ...terms.map(() => 'instr(haystack, ?) > 0'),
    ]
    if (status) conditions.push('status = ?')
    const values = [...terms, ...(status ? [status] : [])]
    const where = conditions.join(' AND ')
    const total = db
      .prepare<unknown[], number>(`SELECT count(*) FROM runs WHERE ${where}`)
      .pluck()
      .get(...values)!
    const found = db
      .prepare<unknown[], RunRecord>(
        `SELECT * FROM runs WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?`,
      )
      .all(...values, limit, offset)
    return { runs: rows(found), total }
  }

  /** Deletes the row and everything that refers to it; records the deletion for other processes. */
  function purge(id: RunId): void {
    drop.run(id)
    addPurged.run(id, nextVersion())
  }

  return {
    insert,
    set,
    claim,
    enqueue,
    list,
    purge,
    rows,
    record: (id: RunId): RunRecord | undefined => one.get(id),
    row: (id: RunId): RunRow | undefined => {
      const record = one.get(id)
      return record && rows([record])[0]
    },
    /** Queued and running runs of all processes. */
    active: (): RunRecord[] => active.all(),
    /** Ids of queued runs of all processes, in order. */
    queue: (): RunId[] => queue.all(),
    /** Version number of the last change. */
    version: (): number => counter.get('change') ?? 0,
    changedSince: (version: number): RunRecord[] => since.all(version),
    purgedSince: (version: number): { id: RunId; version: number }[] => purgedSince.all(version),
    /** How many runs were ever created; used in names. */
    made: (): number => counter.get('runs') ?? 0,
    addSample(id: RunId, { step, at, text, table, pictures }: RunSample): void {
      const shown = table ?? pictures
      const answers = shown ? JSON.stringify(shown) : null
      addSampleRow.run(id, step, at, text, answers, checksum(step, at, text, answers))
    },
    /** In order of steps; damaged ones are skipped. */
    samples(id: RunId, after = -1): RunSample[] {
      const whole = sampleRows.all(id, after).filter(isWhole)
      return whole.map(({ step, at, text, answers }) => {
        const table = parseJson<AnswerTable | GrayImages | null>(answers, null)
        if (table && 'pictures' in table) return { step, at, text, pictures: table }
        return { step, at, text, ...(table && { table }) }
      })
    },
    truncateSamples: (id: RunId, step: number) => void dropSamples.run(id, step),
  }
}

/** Damaged configurations and samples, for the doctor: reads all of them. */
export function runFaults(db: Db): string[] {
  const found: string[] = []
  for (const record of db.prepare<[], RunRecord>('SELECT * FROM runs').iterate())
    if (!isReadable(record)) found.push(`run ${record.id}: its stored configuration is damaged`)
  for (const row of db.prepare<[], SampleRow>('SELECT * FROM samples').iterate())
    if (!isWhole(row))
      found.push(`run ${row.run_id}: the sample of step ${row.step} is damaged; the others are readable`)
  return found
}
