// Messages between the app's thread and its workers. Commands to a training loop go through shared memory, because a busy thread
// receives no messages.
import type { MessagePort } from 'node:worker_threads'
import type { CommandIn, CommandName, Parsed, ProbeName } from '../contract/api.ts'
import type { RunConfig } from '../contract/config.ts'
import type { ErrorValue, Warning } from '../contract/errors.ts'
import type { FilePart } from '../contract/importing.ts'
import type { LiveAnswer } from '../contract/live.ts'
import type { GradientRecord } from '../contract/gradients.ts'
import type { SampleToken } from '../contract/inspect.ts'
import type { MetricChunk, RunSample } from '../contract/run.ts'
import type { WorkerResponse, WorkerRequest } from './workerClient.ts'
import type { InferenceCalls } from './inference.ts'
import type { ImportTask } from './imports/importJob.ts'

/** Where a text is; `sha256` of its UTF-8 bytes is verified if given. */
export type TextRef = ({ builtin: string } | { path: string }) & { sha256?: string }
/** A file whose hash is verified before use. */
export interface FileRef {
  path: string
  sha256: string
}

/** Element 0 of the shared array. */
export const commands = { run: 0, pause: 1, stop: 2, leave: 3 } as const
export type Ask = 'pause' | 'stop' | 'leave'

export interface TrainJob {
  kind: 'train'
  engine?: string
  config: RunConfig
  text: TextRef | null
  resume?: Uint8Array
  weights?: Uint8Array
  /** Programs compiled by the planner, see `compiledRuns.ts`; without them the worker compiles. */
  programs?: Uint8Array
  /** Two i32: command, number of the last stored batch. */
  shared: SharedArrayBuffer
  /** Port of the worker's messages; the storing thread has the other end. */
  port: MessagePort
  /** Port of pinned texts, the last one counts; null: none. It is polled, see train.ts. */
  pins: MessagePort
  /** Milliseconds between two checkpoints, at most. */
  checkpointMs: number
}
export interface InferenceJob {
  kind: 'inference'
  engine?: string
}
export type Job = TrainJob | InferenceJob

/** Everything since the last batch, to be stored in one transaction. */
export interface Batch {
  number: number
  step: number
  epoch: number
  activeMs: number
  chunks: MetricChunk[]
  samples: RunSample[]
  flows: GradientRecord[]
}
export interface CheckpointBytes {
  step: number
  bytes: Uint8Array
  sha256: string
  loss: number | null
  best: boolean
}
export type Outcome = 'finished' | 'paused' | 'stopped' | 'left' | 'diverged'

export type TrainMessage =
  | {
      kind: 'opened'
      parameters: number
      memoryBytes: number
      totalSteps: number
      executor: string
      warning?: Warning
    }
  | { kind: 'batch'; batch: Batch; checkpoint?: CheckpointBytes }
  /** What the training read of a pinned text; it is not stored. */
  | { kind: 'live'; answer: LiveAnswer }
  | { kind: 'ended'; outcome: Outcome; step: number; what: string }
  | { kind: 'failed'; error: ErrorValue }

/** Call of a probe: the validated input, and the files that the app found for it. */
export interface ProbeCall<K extends ProbeName> {
  input: Parsed<K>
  model: FileRef
  /** The checkpoint of the input's field `other`; null if the probe reads one model. */
  other: FileRef | null
  /** The run's text; null if a text is typed or none is read. */
  text: TextRef | null
  /** Set if the caller named the call. */
  watched: WatchedCall | null
}
/** A call whose progress is told under `job`, and which ends once the i32 in `cancel` is not 0. */
export interface WatchedCall {
  job: string
  cancel: SharedArrayBuffer
}

type Configured = { [K in CommandName]: Parsed<K> extends { config: unknown } ? K : never }[CommandName]
/** Call on a configuration: the input with the completed configuration, and its text. */
export type ConfigCall<
  K extends Configured & CommandIn<'planner' | 'inference worker' | 'benchmark worker'>,
> = Omit<Parsed<K>, 'config'> & { config: RunConfig; text: TextRef | null }

/** `text`: the run's text, if interventions depend on it. */
export type SampleCall = Omit<Parsed<'sample.start'>, 'id' | 'step'> & {
  model: FileRef
  job: string
  text: TextRef | null
}

/** The next parts of an import; `job` identifies it, and the first call of a job brings its task. An error, the last parts or 'give up' end the job. */
export interface ImportCall {
  job: string
  task: ImportTask | null
  parts: readonly FilePart[]
  then: 'more' | 'end' | 'give up'
}

export type InferenceRequest = WorkerRequest<InferenceCalls> | { stop: string }
export type InferenceMessage = WorkerResponse<InferenceCalls> | SampleTokens | ReadingProgress
/** Tokens generated since the last message. */
export interface SampleTokens {
  job: string
  tokens: SampleToken[]
}
/** Symbols that a watched call has read so far, and all. */
export interface ReadingProgress {
  job: string
  done: number
  total: number
}
