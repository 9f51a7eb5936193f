// What all services share: store, engine, workers, events. Created once per app.
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
import type { StoreReader } from './storeReader.ts'
import { recordIn } from './records.ts'
import type { PointWriter } from './pointWriter.ts'
import type { Watchers } from './watchers.ts'

export interface AppOptions {
  dataDir: string
  /** Module to load instead of the engine; for tests. */
  engineUrl?: string
  /** Milliseconds between two polls for changes of other processes. */
  pollMs?: number
  checkpointMs?: number
  /** Milliseconds that closing waits for checkpoints. */
  closeMs?: number
  /** Heap limits of training workers in MB; for tests. */
  workerHeapMb?: number
}

export interface Context {
  options: AppOptions
  store: Store
  /** Reads the store in threads of their own. */
  storeReader: StoreReader
  /** Writes points in a thread of its own. */
  pointWriter: PointWriter
  /** Pages that show the curves of runs. */
  watchers: Watchers
  engine: Engine
  /** Worker for plans and imports: its calls are short, so that the form responds quickly. */
  planner: InferenceThread
  /** Worker for checkpoints: probes, sampling, compile reports. */
  inference: InferenceThread
  emit<E extends EventName>(name: E, event: Events[E]): void
  /** Whether the event has listeners. */
  hasListeners(name: EventName): boolean
}

export const cores = availableParallelism()
export const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** The worker that answers a command, according to the command's row. */
export const workerOf = (
  { planner, inference }: Context,
  name: CommandIn<'planner' | 'inference worker'>,
): InferenceThread => (api[name].runsIn === 'planner' ? planner : inference)

/** The run's row in the database. Throws E_NOT_FOUND. */
export const recordOf = ({ store }: Context, id: RunId): RunRecord => recordIn(store, id)

/** E_NOT_FOUND for a name that is not in a list, with the nearest name. */
export function notFound(what: string, name: string, names: readonly string[], path: string): UnrollError {
  const near = nearest(name, names)
  const shown = JSON.stringify(name.slice(0, 100))
  return new UnrollError(
    'E_NOT_FOUND',
    `${path}: there is no ${what} ${shown}${near ? `; did you mean ${near}?` : '.'}`,
    { path },
  )
}

/** How many runs may train at the same time. */
export function maxRunning({ store }: Context): number {
  const set = store.settings.get('maxRunning')
  return typeof set === 'number' && Number.isSafeInteger(set) && set >= 1
    ? set
    : cores <= 2
      ? 1
      : Math.floor(cores / 2)
}

/** Emits `run.changed` with the run's current row. */
export function changed({ store, emit }: Context, id: RunId): void {
  const row = store.runs.row(id)
  if (row) emit('run.changed', row)
}
