// The interface of a task for the training loop: its network, its graphs and their inputs, all of them functions of step and seed.
import type { AnswerTable, GrayImages } from '../../contract/run.ts'
import type { LivePin, LiveReading } from '../../contract/live.ts'
import type { Warning } from '../../contract/errors.ts'
import type { SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { ScaledColumn } from '../../contract/scaledColumn.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import type { Node } from '../graph/node.ts'
import type { Model, Perturb } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { StepGraph } from '../nn/stepGraph.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'

/** Lengths that batches are padded to, shortest first; one program each, in one arena. */
export interface Buckets {
  count: number
  /** Bucket of a training step, or of a run of the evaluation program. */
  of(step: number): number
}

/** Evaluation on held-out data: `runs` runs of one program whose scalar outputs are summed. Independent of the options of training. */
export interface Evaluation {
  graph(
    weights: Weights,
    bucket?: number,
  ): { outputs: Record<string, Node>; carry: [state: Node, next: Node][] }
  runs: number
  buckets?: Buckets
  feed(executable: Executable, run: number): void
  /** Further sums, read after a run from outputs that are no scalars. */
  measure?(executable: Executable, run: number): Record<string, number>
  /** Maps the sums over all runs to metrics such as `val/loss`. */
  metrics(sums: Record<string, number>): Record<string, number>
}

/** Predictions with the current weights, for the table of predictions. */
export interface Answers {
  graph(weights: Weights): { outputs: Record<string, Node> }
  prepare(executable: Executable): void
  /** Reads the table after a run of the program. */
  table(executable: Executable): AnswerTable
}

/** Images generated or classified with the current weights. */
export interface ImageShow {
  graph(weights: Weights): { outputs: Record<string, Node>; carry: [state: Node, next: Node][] }
  /** Runs the program, once per row where images are generated. */
  draw(executable: Executable): GrayImages
}

/** Tests claims about units on held-out text with the current weights. */
export interface ClaimTest {
  /** The program, which reads the weights in the arena of the training program. */
  program(kept: SharedArena): Program
  /** Metrics of the claims; undefined if `cancel` ended the reading. */
  metrics(executable: Executable, cancel: Int32Array | undefined): Record<string, number> | undefined
}

/** A text that a training reads with its current weights. */
export interface PinnedText {
  program(kept: SharedArena): Program
  /** The values of a unit. Throws E_ARG for one that the layer does not have. */
  values(executable: Executable, unit: number): Omit<LiveReading, 'step'>
}

/** A task opened on its data. */
export interface Task {
  network: Model
  /** Network and vocabulary for generating text; undefined for tasks that generate none. */
  samples?: { network: SequenceNetwork; vocabulary: Vocabulary }
  images?: ImageShow
  /** Symbols in the order of their ids; empty for tasks without symbols. */
  vocabulary: readonly string[]
  /** Names of the classes, if they come from the data. */
  labels?: readonly string[]
  /** Columns of numbers that the network reads, with their scaling. */
  columns?: readonly ScaledColumn[]
  stepsPerEpoch: number
  /** Updates per run of the training program: 1, or a whole epoch with Elman's online rule. */
  stepsPerRun: number
  symbolsPerStep: number
  /** Number of symbols of the training and the validation part. */
  symbols: { train: number; validation: number }
  /** Bytes of the encoded data. */
  dataBytes?: number
  warnings: Warning[]
  /** Default: one program, bucket 0. */
  buckets?: Buckets
  /** The graph of a training step; `perturb`: see TraceOptions. */
  graph(weights: Weights, bucket?: number, perturb?: Perturb): StepGraph
  /** For learning rules that are not the gradient of a loss: the updates themselves. The program's only input beside the data is then `lr`. */
  ownUpdates?(weights: Weights): {
    loss: Node
    norm: Node
    updates: [weight: Node, next: Node][]
    wrong?: Node
  }
  /** Writes the constant inputs, once after loading. */
  prepare?(executable: Executable): void
  /** Number of outputs that `wrong` counts among. */
  outputs?: number
  /** Writes the inputs of update number `step` (from 0). */
  feed(executable: Executable, step: number): void
  evaluation?: Evaluation
  answers?: Answers
  claims?: ClaimTest
  /** Opens a pinned text with its unit; null: that of a claim's last test. Throws E_ARG. Undefined if the task reads no text. */
  pin?(pin: LivePin): { text: PinnedText; unit: number | null }
}
