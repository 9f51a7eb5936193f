// Messages between the app's thread and its workers. Commands to a training loop go through shared memory, because a busy thread
// hears no messages.
import type { MessagePort } from 'node:worker_threads'
import type { BenchReport } from '../contract/bench.ts'
import type { Plan } from '../contract/catalog.ts'
import type { RunConfig } from '../contract/config.ts'
import type { Dataset, DatasetDetail, DecodeMode } from '../contract/data.ts'
import type { ErrorValue, Warning } from '../contract/errors.ts'
import type {
  DrawnPictures,
  PictureSignals,
  Predicate,
  SampleToken,
  SignalGrid,
  UnitRanking,
} from '../contract/inspect.ts'
import type { FlowPoint } from '../contract/flow.ts'
import type { ProgramGraph } from '../contract/programGraph.ts'
import type { MetricChunk, RunSample } from '../contract/run.ts'
import type { Answer, Question } from './asker.ts'

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
  /** Two i32: command, number of the last batch that is stored. */
  shared: SharedArrayBuffer
  /** Where its messages go: whoever stores them listens there. */
  port: MessagePort
  /** A checkpoint at least this often. */
  checkpointMs: number
}
export interface LookJob {
  kind: 'look'
  engine?: string
}
export type Job = TrainJob | LookJob

/** What happened since the last batch; to be stored as one. */
export interface Batch {
  number: number
  step: number
  epoch: number
  activeMs: number
  chunks: MetricChunk[]
  samples: RunSample[]
  flows: FlowPoint[]
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

export type TextFacts = Pick<Dataset, 'bytes' | 'characters' | 'lines' | 'encoding' | 'sha256'> &
  Pick<DatasetDetail, 'preview' | 'symbols' | 'distinct' | 'warnings'>

/** A text typed by the user, or symbols offset .. offset + length of the run's validation text. */
export interface LookText {
  typed?: string | undefined
  own: TextRef | null
  offset: number
  length: number
}

/** Calls that a looking worker answers. */
export interface Looks {
  plan: { in: { config: RunConfig; text: TextRef | null; weights?: FileRef | undefined }; out: Plan }
  /** `model`: a checkpoint whose vocabulary does where the text is gone. */
  graph: { in: { config: RunConfig; text: TextRef | null; model: FileRef | undefined }; out: ProgramGraph }
  bench: {
    in: { config: RunConfig; text: TextRef | null; symbols: number; seconds: number; profile: boolean }
    out: BenchReport
  }
  /** The next piece of a file to be imported; `job` tells files apart. An error, the last piece or giving up ends it. */
  decode: {
    in: { job: string; bytes: Uint8Array; name: string; mode: DecodeMode; then: 'more' | 'end' | 'give up' }
    out: { utf8: Uint8Array; facts?: TextFacts }
  }
  facts: { in: { text: TextRef }; out: TextFacts }
  grid: { in: { model: FileRef; text: LookText; layer: number; signal: string }; out: SignalGrid }
  find: {
    in: { model: FileRef; text: LookText; predicate: Predicate; signals?: string[] | undefined; top: number }
    out: UnitRanking
  }
  sample: {
    in: {
      model: FileRef
      job: string
      prime: string
      length: number
      temperature: number
      topK: number
      topP: number
      unknown: boolean
      seed: number
    }
    out: { stopped: boolean }
  }
  picture: {
    in: { model: FileRef; picture: number; layer: number; direction: number; signal: string }
    out: Omit<PictureSignals, 'step'>
  }
  pictures: {
    in: { model: FileRef; count: number; temperature: number; rows: number; picture: number; seed: number }
    out: Omit<DrawnPictures, 'seed' | 'step'>
  }
  read: {
    in: { bytes: Uint8Array }
    out: { config: RunConfig; step: number; parameters: number; warnings: Warning[] }
  }
  weights: { in: { model: FileRef }; out: Uint8Array }
  /** Weights without a configuration of ours -> a checkpoint. */
  adopt: { in: { bytes: Uint8Array; config: RunConfig; text: TextRef | null }; out: Uint8Array }
}
export type LookName = keyof Looks

export type LookRequest = Question<Looks> | { stop: string }
export type LookMessage = Answer<Looks> | { job: string; tokens: SampleToken[] }
