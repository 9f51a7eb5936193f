// Messages between the app's thread and the store thread.
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

export interface StoreRequests {
  /** Claims a queued run and truncates it to its checkpoint, in one transaction; null if it was claimed elsewhere or no slot is free. */
  claim: {
    in: { id: RunId; owner: string; max: number; step: number; truncateAfter: number }
    out: { activeMs: number; restarted: boolean; files: string[] } | null
  }
  /** Starts storing the messages that arrive at `port`. */
  store: { in: { id: RunId; activeBefore: number; shared: SharedArrayBuffer; port: MessagePort }; out: null }
  /** Subscriptions: `every` point of all runs, and thinned points of some runs. */
  subscribe: { in: { every: boolean; thinned: RunId[] }; out: null }
  /** Stores everything received, then closes the database. */
  close: { in: null; out: null }
}

/** News of one run, in order. */
export type RunNews =
  | { kind: 'stored'; checkpoint: boolean; samples: RunSample[]; flows: GradientRecord[] }
  | { kind: 'points'; chunks: MetricChunk[] }
  | { kind: 'thinned'; chunks: MetricChunk[] }
  | { kind: 'notice'; notice: Warning }
  | { kind: 'message'; message: Exclude<TrainMessage, { kind: 'batch' }> }
  /** A write failed; nothing after it was stored. */
  | { kind: 'failed'; error: ErrorValue }
  /** The worker has ended and all its messages were handled. */
  | { kind: 'drained' }

export interface StoreMessage {
  run: RunId
  news: RunNews
}
