// The events of the app.
import type { StoredClaim } from './claim.ts'
import type { Dataset } from './data.ts'
import type { ErrorValue, Warning } from './errors.ts'
import type { SampleToken } from './inspect.ts'
import type { LiveAnswer } from './live.ts'
import type { GradientRecord } from './gradients.ts'
import type { MetricChunk, RunId, RunRow, RunSample } from './run.ts'

export interface Events {
  /** A run was created or changed: its whole new row. */
  'run.changed': RunRow
  /** A run was deleted permanently. */
  'run.purged': { id: RunId }
  /** New points of a run, already stored: all of them in the app's process; a page gets thinned ones of the runs that it watches. */
  'run.metrics': { id: RunId; chunks: MetricChunk[] }
  /** A resumed run was truncated to a checkpoint: drop points after `step`. */
  'run.truncated': { id: RunId; step: number }
  'run.sample': { id: RunId; sample: RunSample }
  /** A new record of gradient norms through time, already stored. */
  'run.gradients': { id: RunId; point: GradientRecord }
  /** What a run read of its pinned text; it is not stored. */
  'run.live': { id: RunId; answer: LiveAnswer }
  'sample.tokens': { job: string; tokens: SampleToken[] }
  'sample.done': { job: string; stopped: boolean; error: ErrorValue | null }
  /** A call with a job is reading a text: symbols read so far, and all. A call may read several times. */
  'inspect.progress': { job: string; done: number; total: number }
  'data.changed': { dataset: Dataset | null; removed: string | null }
  /** A claim was added, changed or removed: the whole list. */
  'claims.changed': { claims: StoredClaim[] }
  notice: Warning & { runId?: RunId }
}
export type EventName = keyof Events

/** Names of the events that are forwarded to every page; points are forwarded to the pages that watch the run. */
export const eventNames = Object.keys({
  'run.changed': 1,
  'run.purged': 1,
  'run.truncated': 1,
  'run.sample': 1,
  'run.gradients': 1,
  'run.live': 1,
  'sample.tokens': 1,
  'sample.done': 1,
  'inspect.progress': 1,
  'data.changed': 1,
  'claims.changed': 1,
  notice: 1,
} satisfies Record<Exclude<EventName, 'run.metrics'>, 1>) as Exclude<EventName, 'run.metrics'>[]
