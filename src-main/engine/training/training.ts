// Types of a training as its caller (worker, test, terminal) drives it; index.ts exports the functions. The engine has no clock, files,
// threads or database: the caller decides at every yield whether to write a checkpoint, pause or stop.
import type { RunConfig } from '../../contract/config.ts'
import type { GradientRecord } from '../../contract/gradients.ts'
import type { LiveAnswer, LivePin } from '../../contract/live.ts'
import type { GrayImages, AnswerTable } from '../../contract/run.ts'
import type { Text } from '../data/source.ts'
import type { CompiledPrograms } from './trainingPrograms.ts'

export interface TrainingStart {
  config: RunConfig
  /** The decoded text; ignored by tasks that generate their data. */
  text: Text
  /** Checkpoint of the same run to resume from, bit for bit equal to an uninterrupted run. */
  resume?: Uint8Array
  /** Checkpoint of another run to start from: its weights, and its optimizer state if the shapes are equal; step 0. */
  weights?: Uint8Array
  /** Shared flag; non-zero cancels the current step before it changes a state, and the generator yields. */
  control?: Int32Array
  /** Programs already compiled from this configuration and text; only for a start without a checkpoint, whose vocabulary may differ. */
  compiled?: CompiledPrograms
}

export type TrainingEvent =
  /** After every update, also a cancelled one. The state is consistent: a checkpoint can be written, the run paused or stopped. */
  | { kind: 'step'; step: number; epoch: number }
  /** Means over the last `logEvery` steps, or a validation result. */
  | { kind: 'metrics'; step: number; values: Record<string, number> }
  | { kind: 'sample'; step: number; text: string; table?: AnswerTable; pictures?: GrayImages }
  /** A record of the gradient through time, and the metrics computed from it. */
  | { kind: 'flow'; step: number; point: GradientRecord; values: Record<string, number> }
  /** A checkpoint is due by `checkpointEvery`, or this is the best validation loss so far. */
  | { kind: 'checkpoint'; step: number; loss: number | null; best: boolean }
  /** The loss or the gradient is NaN or infinite: this step updated nothing, and the generator ends. */
  | { kind: 'diverged'; step: number; what: string }
  | { kind: 'done'; step: number; solved: boolean }

export interface Training {
  readonly parameters: number
  /** Exact memory in bytes, equal to that of the plan: arena, scratch of the kernels, data. */
  readonly memoryBytes: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly symbolsPerStep: number
  readonly executor: string
  readonly step: number
  events(): Generator<TrainingEvent, void, void>
  /** The bytes of a checkpoint: weights, optimizer state, counters, data cursor, carried states, best loss. */
  checkpoint(): Uint8Array
  /** The values of a unit over a pinned text with the current weights; between two events. It changes nothing of the training. */
  read(pin: LivePin): LiveAnswer
  /** Whether every weight is a finite number. An update of finite gradients can still overflow. */
  isFinite(): boolean
}
