// The table of checkpoints. Their files are in checkpoints/RUN/; a record exists only for a file that was written completely.
import type { Checkpoint, RunId } from '../contract/run.ts'
import type { Db } from './db.ts'

export interface CheckpointRecord extends Omit<Checkpoint, 'missing'> {
  /** File name inside the run's folder. */
  file: string
}

interface Row {
  run_id: string
  step: number
  created_at: number
  file: string
  bytes: number
  sha256: string
  loss: number | null
  best: number
}

const toRecord = (row: Row): CheckpointRecord => ({
  runId: row.run_id,
  step: row.step,
  createdAt: row.created_at,
  bytes: row.bytes,
  sha256: row.sha256,
  loss: row.loss,
  best: row.best === 1,
  file: row.file,
})

export type CheckpointTable = ReturnType<typeof checkpointTable>

/** Statements over `checkpoints`. Functions that write must be called inside a transaction. */
export function checkpointTable(db: Db) {
  const insert = db.prepare<[string, number, number, string, number, string, number | null, number]>(
    `INSERT INTO checkpoints (run_id, step, created_at, file, bytes, sha256, loss, best) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step) DO UPDATE SET created_at = excluded.created_at, file = excluded.file, bytes = excluded.bytes,
     sha256 = excluded.sha256, loss = coalesce(excluded.loss, loss), best = max(excluded.best, best)`,
  )
  const clearBest = db.prepare<[string, number]>(
    'UPDATE checkpoints SET best = 0 WHERE run_id = ? AND step <> ?',
  )
  const ofRun = db.prepare<[string], Row>('SELECT * FROM checkpoints WHERE run_id = ? ORDER BY step DESC')
  const drop = db.prepare<[string, number]>('DELETE FROM checkpoints WHERE run_id = ? AND step = ?')
  const all = db.prepare<[], Row>('SELECT * FROM checkpoints ORDER BY run_id, step')

  /** Newest first. */
  const list = (runId: RunId): CheckpointRecord[] => ofRun.all(runId).map(toRecord)

  /** Records a written file. If it is the best, the previous best loses its mark. The same step again replaces the file; loss and mark stay. */
  function add(record: CheckpointRecord): void {
    const { runId, step, createdAt, file, bytes, sha256, loss, best } = record
    insert.run(runId, step, createdAt, file, bytes, sha256, loss, best ? 1 : 0)
    if (best) clearBest.run(runId, step)
  }

  /** Deletes all records but the best and the newest `keep`; returns the files that no record names any more. */
  function prune(runId: RunId, keep = 2): string[] {
    const surplus = list(runId).filter((record, i) => i >= keep && !record.best)
    for (const { step } of surplus) drop.run(runId, step)
    return surplus.map((record) => record.file)
  }

  /** Adds a record and prunes; returns the files that no record names any more. */
  function addAndPrune(record: CheckpointRecord): string[] {
    const before = list(record.runId).filter(
      (other) => other.step === record.step && other.file !== record.file,
    )
    add(record)
    return [...before.map((other) => other.file), ...prune(record.runId)]
  }

  /** Deletes the records after `step` (a resumed run restarts there); returns their files. */
  function truncate(runId: RunId, step: number): string[] {
    const later = list(runId).filter((record) => record.step > step)
    for (const record of later) drop.run(runId, record.step)
    return later.map((record) => record.file)
  }

  return { list, add, addAndPrune, prune, truncate, all: () => all.all().map(toRecord) }
}
