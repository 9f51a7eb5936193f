// What all services share: the store, the engine, the workers, the events. Made once per app.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { api, type CommandIn } from '../contract/api.ts'
import { UnrollError, nearest } from '../contract/errors.ts'
import type { EventName, Events } from '../contract/events.ts'
import type { RunId } from '../contract/run.ts'
import type { Engine } from '../jobs/engine.ts'
import type { InferenceThread } from '../jobs/pool.ts'
import type { RunRecord } from '../store/runRow.ts'
import type { Store } from '../store/store.ts'
import type { Reading } from './reading.ts'
import { recordIn } from './records.ts'
import type { Storing } from './storing.ts'
import type { Watchers } from './watchers.ts'

export interface AppOptions {
  dataDir: string
  /** Module that stands in for the engine; for tests. */
  engineUrl?: string
  /** Time between two looks at what other processes did. */
  pollMs?: number
  checkpointMs?: number
  /** How long closing waits for checkpoints. */
  closeMs?: number
  /** Heap limits of training workers in MB; for tests. */
  workerHeapMb?: number
}

export interface Context {
  options: AppOptions
  store: Store
  /** The thread for long reads. */
  reading: Reading
  /** The thread that stores points. */
  storing: Storing
  /** Pages that draw runs. */
  watchers: Watchers
  engine: Engine
  /** For checks before a start: short, so that the form stays quick. */
  planner: InferenceThread
  /** For checkpoints: probes, sampling, compile reports. */
  inference: InferenceThread
  emit<E extends EventName>(name: E, event: Events[E]): void
  /** Whether anybody listens. */
  isHeard(name: EventName): boolean
}

export const cores = availableParallelism()
export const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** The worker that answers a command, as its row says. */
export const workerOf = (
  { planner, inference }: Context,
  name: CommandIn<'planner' | 'inference worker'>,
): InferenceThread => (api[name].runsIn === 'planner' ? planner : inference)

/** The run's row in the database. Throws E_NOT_FOUND. */
export const recordOf = ({ store }: Context, id: RunId): RunRecord => recordIn(store, id)

/** E_NOT_FOUND for a name out of a list, with the nearest one. */
export function notFound(what: string, name: string, names: readonly string[], path: string): UnrollError {
  const near = nearest(name, names)
  const shown = JSON.stringify(name.slice(0, 100))
  return new UnrollError(
    'E_NOT_FOUND',
    `${path}: there is no ${what} ${shown}${near ? `; did you mean ${near}?` : '.'}`,
    { path },
  )
}

/** Runs that may train at the same time. */
export function maxRunning({ store }: Context): number {
  const set = store.settings.get('maxRunning')
  return typeof set === 'number' && Number.isSafeInteger(set) && set >= 1
    ? set
    : cores <= 2
      ? 1
      : Math.floor(cores / 2)
}

/** Tells everybody the run's new row. */
export function changed({ store, emit }: Context, id: RunId): void {
  const row = store.runs.row(id)
  if (row) emit('run.changed', row)
}
