// What the engine offers to whoever drives it (workers, tests, the terminal): types of the public face; index.ts exports the functions.
// No clocks, files, threads or databases here: the driver decides when to checkpoint, pause or stop, at any yield.
import type { RunConfig } from '../../contract/config.ts'
import type { GradientRecord } from '../../contract/gradients.ts'
import type { GrayImages, AnswerTable } from '../../contract/run.ts'
import type { Text } from '../data/source.ts'
import type { CompiledPrograms } from './learner.ts'

export interface TrainingStart {
  config: RunConfig
  /** The decoded dataset for text tasks; generated tasks ignore it. */
  text: Text
  /** Bytes of a checkpoint of this very run: training goes on from there, bit for bit as if never interrupted. */
  resume?: Uint8Array
  /** Bytes of a checkpoint of another run: only weights (and optimiser state if it fits) are taken; step 0. */
  weights?: Uint8Array
  /** Shared flag. Non-zero: the current step is given up before it changes anything and the generator yields. */
  control?: Int32Array
  /** Programs compiled of this configuration and text, for a start without a checkpoint, whose vocabulary may be another. */
  compiled?: CompiledPrograms
}

export type TrainingEvent =
  /** After every update (also when one was given up for `control`). State is whole here: checkpoint, pause or leave. */
  | { kind: 'step'; step: number; epoch: number }
  /** Means over the last `logEvery` steps, or a validation result. */
  | { kind: 'metrics'; step: number; values: Record<string, number> }
  | { kind: 'sample'; step: number; text: string; table?: AnswerTable; pictures?: GrayImages }
  /** Gradient through time, and what of it goes among the metrics. */
  | { kind: 'flow'; step: number; point: GradientRecord; values: Record<string, number> }
  /** A checkpoint is due by `checkpointEvery`, or this is the best validation loss so far. */
  | { kind: 'checkpoint'; step: number; loss: number | null; best: boolean }
  /** A loss or gradient is NaN or infinite: nothing was updated by this step; the generator ends. */
  | { kind: 'diverged'; step: number; what: string }
  | { kind: 'done'; step: number; solved: boolean }

export interface Training {
  readonly parameters: number
  /** What it holds, exactly, as the plan said it: tensors, working space of the kernels, symbols. */
  readonly memoryBytes: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly symbolsPerStep: number
  readonly executor: string
  readonly step: number
  events(): Generator<TrainingEvent, void, void>
  /** Everything needed to go on bit for bit: weights, optimiser state, counters, data cursor, carried state, best loss. */
  checkpoint(): Uint8Array
  /** Whether every weight is a finite number. An update of finite gradients can still overflow. */
  isFinite(): boolean
}
