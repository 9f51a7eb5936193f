// Messages between the app's thread and its workers. Commands to a training loop go through shared memory, because a busy thread
// hears no messages.
import type { MessagePort } from 'node:worker_threads'
import type { CommandIn, CommandName, Parsed, ProbeName } from '../contract/api.ts'
import type { RunConfig } from '../contract/config.ts'
import type { DecodeMode } from '../contract/data.ts'
import type { ErrorValue, Warning } from '../contract/errors.ts'
import type { GradientRecord } from '../contract/gradients.ts'
import type { SampleToken } from '../contract/inspect.ts'
import type { MetricChunk, RunSample } from '../contract/run.ts'
import type { WorkerResponse, WorkerRequest } from './workerClient.ts'
import type { InferenceCalls } from './inference.ts'

/** Where a text is; `sha256` of its UTF-8 bytes, checked when given. */
export type TextRef = ({ builtin: string } | { path: string }) & { sha256?: string }
/** A file whose hash is checked before it is used. */
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
  /** Programs that the planner compiled, see `compiledRuns.ts`; else they are compiled here. */
  programs?: Uint8Array
  /** Two i32: command, number of the last batch that is stored. */
  shared: SharedArrayBuffer
  /** Where its messages go: whoever stores them listens there. */
  port: MessagePort
  /** A checkpoint at least this often. */
  checkpointMs: number
}
export interface InferenceJob {
  kind: 'inference'
  engine?: string
}
export type Job = TrainJob | InferenceJob

/** What happened since the last batch; to be stored as one. */
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
  | { kind: 'ended'; outcome: Outcome; step: number; what: string }
  | { kind: 'failed'; error: ErrorValue }

/** What the inference worker gets for a command that a probe answers: the checked input, and the files that the app found for it. */
export interface ProbeCall<K extends ProbeName> {
  input: Parsed<K>
  model: FileRef
  /** The run's own text; null where one is typed or none is read. */
  text: TextRef | null
}

type Configured = { [K in CommandName]: Parsed<K> extends { config: unknown } ? K : never }[CommandName]
/** What a worker gets for a command on a configuration: the input, with the configuration checked and completed, and its text. */
export type ConfigCall<
  K extends Configured & CommandIn<'planner' | 'inference worker' | 'benchmark worker'>,
> = Omit<Parsed<K>, 'config'> & { config: RunConfig; text: TextRef | null }

export type SampleCall = Omit<Parsed<'sample.start'>, 'id' | 'step'> & { model: FileRef; job: string }

/** The next piece of a file to be imported; `job` tells files apart. An error, the last piece or giving up ends it. */
export interface DecodeCall {
  job: string
  bytes: Uint8Array
  name: string
  mode: DecodeMode
  then: 'more' | 'end' | 'give up'
}

export type InferenceRequest = WorkerRequest<InferenceCalls> | { stop: string }
export type InferenceMessage = WorkerResponse<InferenceCalls> | SampleTokens
/** What a sample has written since it was last told. */
export interface SampleTokens {
  job: string
  tokens: SampleToken[]
}
