// Everything the app tells without being asked.
import type { Dataset } from './data.ts'
import type { ErrorValue, Warning } from './errors.ts'
import type { SampleToken } from './inspect.ts'
import type { GradientRecord } from './gradients.ts'
import type { MetricChunk, RunId, RunRow, RunSample } from './run.ts'

export interface Events {
  /** A run was made or changed: the whole new row. */
  'run.changed': RunRow
  /** A run is gone for good. */
  'run.purged': { id: RunId }
  /** New points of a run, already stored: every one in the app's own process; a page gets a few of the runs that it watches. */
  'run.metrics': { id: RunId; chunks: MetricChunk[] }
  /** A resumed run went back to a checkpoint: drop points after `step`. */
  'run.truncated': { id: RunId; step: number }
  'run.sample': { id: RunId; sample: RunSample }
  /** A new record of the gradient through time, already stored. */
  'run.flow': { id: RunId; point: GradientRecord }
  'sample.tokens': { job: string; tokens: SampleToken[] }
  'sample.done': { job: string; stopped: boolean; error: ErrorValue | null }
  'data.changed': { dataset: Dataset | null; removed: string | null }
  notice: Warning & { runId?: RunId }
}
export type EventName = keyof Events

/** The names at run time of the events that doors pass on to every page; points go to those that watch. */
export const eventNames = Object.keys({
  'run.changed': 1,
  'run.purged': 1,
  'run.truncated': 1,
  'run.sample': 1,
  'run.flow': 1,
  'sample.tokens': 1,
  'sample.done': 1,
  'data.changed': 1,
  notice: 1,
} satisfies Record<Exclude<EventName, 'run.metrics'>, 1>) as Exclude<EventName, 'run.metrics'>[]
