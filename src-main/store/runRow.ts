// A stored run: its columns, the configuration in them, and the RunRow made from both. A row that cannot be decoded is shown with the
// reason, never dropped.
import type { RunConfig } from '../contract/config.ts'
import type { ErrorValue } from '../contract/errors.ts'
import type { MetricSummary, RunId, RunRow, RunStatus } from '../contract/run.ts'
import { effectiveModel } from '../contract/shape.ts'
import type { TaskFacts } from '../contract/taskInfo.ts'
import { isSound } from './checksum.ts'

/** Columns of `runs` that may be changed. JSON: config, tags, error, warnings. `haystack` is the search text. */
export interface RunColumns {
  name: string
  status: RunStatus
  started_at: number | null
  ended_at: number | null
  active_ms: number
  step: number
  total_steps: number
  epoch: number
  tags: string
  notes: string
  haystack: string
  color: string
  pinned: number
  trashed_at: number | null
  error: string | null
  reason: string | null
  engine: string
  data_sha256: string
  data_name: string
  parameters: number
  memory_bytes: number
  warnings: string
  weights_file: string | null
  weights_sha256: string | null
  owner: string | null
  request: 'pause' | 'stop' | null
  queue_order: number | null
  attempt: number
  attempt_step: number
}

export interface RunRecord extends RunColumns {
  id: RunId
  created_at: number
  config: string
  config_checksum: number | null
  parent_id: string | null
  parent_step: number | null
  code_version: string
  version: number
}

/** The columns that a new run must have; the others have defaults. */
export type NewRun = Pick<RunRecord, 'id' | 'name' | 'status' | 'created_at' | 'config'> & Partial<RunRecord>

/** The search text of a run: id, name, tags, notes and values of the configuration, in lower case. */
export function searchTextOf(
  id: string,
  name: string,
  tags: readonly string[],
  notes: string,
  config: RunConfig,
): string {
  const values: string[] = []
  const walk = (value: unknown): void => {
    if (value !== null && typeof value === 'object') Object.values(value).forEach(walk)
    else if (value !== undefined) values.push(String(value))
  }
  walk({ ...config, model: effectiveModel(config.model), name: undefined })
  return [id, name, ...tags, notes, ...values].join('\n').toLowerCase()
}

/** Parses JSON; `fallback` if it is null or damaged. */
export function parseJson<T>(text: string | null, fallback: T): T {
  if (text === null) return fallback
  try {
    return JSON.parse(text) as T
  } catch {
    return fallback
  }
}

/** Reads a stored configuration of any version, with the facts of its task. Throws if it is invalid. */
export type ReadStored = (value: unknown) => { config: RunConfig; task: TaskFacts }

/** Whether a stored configuration is undamaged: its checksum matches, and it is an object. */
export function isReadable({
  config,
  config_checksum,
}: Pick<RunRecord, 'config' | 'config_checksum'>): boolean {
  const value = isSound(config_checksum, config) ? parseJson<unknown>(config, null) : null
  return typeof value === 'object' && value !== null
}

/** The stored configuration; undefined if it is damaged. Options that are missing in it get their defaults. */
export function parseStored(
  { config, config_checksum }: Pick<RunRecord, 'config' | 'config_checksum'>,
  read: ReadStored,
): ReturnType<ReadStored> | undefined {
  if (!isSound(config_checksum, config)) return undefined
  try {
    return read(JSON.parse(config))
  } catch {
    return undefined
  }
}

/** The row that clients see; `queue` holds the ids of queued runs in order. */
export function toRow(
  record: RunRecord,
  summaries: MetricSummary[],
  queue: readonly string[],
  read: ReadStored,
): RunRow {
  const stored = parseStored(record, read)
  const damaged: ErrorValue | null = stored
    ? null
    : {
        code: 'E_DB_CORRUPT',
        message:
          'The stored configuration of this run is damaged; its curves and checkpoints are still there.',
      }
  const position = record.status === 'queued' ? queue.indexOf(record.id) : -1
  return {
    id: record.id,
    name: record.name,
    status: record.status,
    createdAt: record.created_at,
    startedAt: record.started_at,
    endedAt: record.ended_at,
    activeSeconds: record.active_ms / 1000,
    step: record.step,
    totalSteps: record.total_steps,
    epoch: record.epoch,
    ...(stored ?? read({ seed: 0 })),
    summaries,
    tags: parseJson<string[]>(record.tags, []),
    notes: record.notes,
    color: record.color,
    pinned: record.pinned === 1,
    trashedAt: record.trashed_at,
    parent: record.parent_id === null ? null : { id: record.parent_id, step: record.parent_step ?? 0 },
    queuePosition: position < 0 ? null : position,
    error: damaged ?? parseJson<ErrorValue | null>(record.error, null),
    ...(record.reason !== null && { reason: record.reason }),
  }
}
