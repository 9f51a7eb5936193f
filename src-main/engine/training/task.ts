// What a task gives to the training loop: a network, graphs, and what to feed. All of it depends on the step and the seed alone.
import type { AnswerTable, GrayImages } from '../../contract/run.ts'
import type { Warning } from '../../contract/errors.ts'
import type { Vocabulary } from '../data/vocabulary.ts'
import type { Node } from '../graph/node.ts'
import type { Model, Perturb } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { StepGraph } from '../nn/stepGraph.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'

/** Lengths that sequences are padded to, shortest first: one program each, all on one memory. */
export interface Buckets {
  count: number
  /** Bucket of a step, or of a run of the evaluation. */
  of(step: number): number
}

/** A pass over held-out data: `runs` runs of one program whose scalar outputs are added up. No setting of training has a part in it. */
export interface Evaluation {
  graph(
    weights: Weights,
    bucket?: number,
  ): { outputs: Record<string, Node>; carry: [state: Node, next: Node][] }
  runs: number
  buckets?: Buckets
  feed(executable: Executable, run: number): void
  /** Sums over all runs -> metrics such as `val/loss`. */
  metrics(sums: Record<string, number>): Record<string, number>
}

/** Answers over the whole sequence with the weights as they are, for tasks that are either solved or not. */
export interface Answers {
  graph(weights: Weights): { outputs: Record<string, Node> }
  prepare(executable: Executable): void
  /** After a run of the program. */
  table(executable: Executable): AnswerTable
}

/** Images generated or classified with the weights as they are. */
export interface ImageShow {
  graph(weights: Weights): { outputs: Record<string, Node>; carry: [state: Node, next: Node][] }
  /** Runs the program as often as it takes. */
  draw(executable: Executable): GrayImages
}

/** On sequences or on images. */
export interface Task {
  network: Model
  /** What writes text: the network, whose outputs are the next symbol, and the symbols. */
  samples?: { network: SequenceNetwork; vocabulary: Vocabulary }
  images?: ImageShow
  /** Shown symbols, in the order of ids; empty where there are none. */
  vocabulary: readonly string[]
  /** Names of the classes that are answered, where they come from a text. */
  labels?: readonly string[]
  stepsPerEpoch: number
  /** Updates made by one run of the program: 1, but a whole epoch for Elman's rule. */
  stepsPerRun: number
  symbolsPerStep: number
  /** Symbols to train on and to validate on. */
  symbols: { train: number; validation: number }
  /** Memory of the encoded symbols, beside the programs'. */
  dataBytes?: number
  warnings: Warning[]
  /** Missing: one program, bucket 0. */
  buckets?: Buckets
  /** `perturb`: see TraceOptions. */
  graph(weights: Weights, bucket?: number, perturb?: Perturb): StepGraph
  /** For rules that are not the gradient of one loss: the next weights themselves. The program then takes `lr` and nothing else. */
  ownUpdates?(weights: Weights): {
    loss: Node
    norm: Node
    updates: [weight: Node, next: Node][]
    wrong?: Node
  }
  /** Writes inputs that never change, once after loading. */
  prepare?(executable: Executable): void
  /** Number of outputs behind `wrong`. */
  outputs?: number
  /** Writes the inputs of update number `step` (from 0). */
  feed(executable: Executable, step: number): void
  evaluation?: Evaluation
  answers?: Answers
}
