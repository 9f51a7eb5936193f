// What the app's thread and the thread that stores points say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { ErrorValue, Warning } from '../contract/errors.ts'
import type { GradientRecord } from '../contract/gradients.ts'
import type { MetricChunk, RunId, RunSample } from '../contract/run.ts'
import type { TrainMessage } from '../jobs/protocol.ts'
import type { Turns } from '../store/turns.ts'

export interface StoreThreadData {
  folder: string
  turns: Turns
}

export interface StoreQuestions {
  /** Takes a queued run in hand and drops what is after its checkpoint, in one transaction; null if another was faster or no slot is free. */
  begin: {
    in: { id: RunId; owner: string; most: number; step: number; kept: number }
    out: { activeMs: number; again: boolean; files: string[] } | null
  }
  /** Stores, from now on, what arrives at `port`. */
  take: { in: { id: RunId; activeBefore: number; shared: SharedArrayBuffer; port: MessagePort }; out: null }
  /** Who wants to hear of points: `every` one of all runs, or a few per curve and time of some runs. */
  listen: { in: { every: boolean; thinned: RunId[] }; out: null }
  /** Stores what has arrived, closes the database. */
  close: { in: null; out: null }
}

/** About one run, in the order in which it happened. */
export type RunNews =
  | { kind: 'stored'; checkpoint: boolean; samples: RunSample[]; flows: GradientRecord[] }
  | { kind: 'points'; chunks: MetricChunk[] }
  | { kind: 'thinned'; chunks: MetricChunk[] }
  | { kind: 'notice'; notice: Warning }
  | { kind: 'said'; message: Exclude<TrainMessage, { kind: 'batch' }> }
  /** Something cannot be stored; nothing after it was. */
  | { kind: 'refused'; error: ErrorValue }
  /** The worker is gone and all that it said was handled. */
  | { kind: 'drained' }

export interface StoreSaid {
  run: RunId
  news: RunNews
}
