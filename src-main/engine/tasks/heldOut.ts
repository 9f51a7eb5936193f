// Held-out examples of a task, read one by one: their inputs, the graph of one answer to them, and what is right. Every task with the ability
// `saliency` has them in its row.
import type { ExampleAnswer } from '../../contract/saliency.ts'
import type { GrayImages } from '../../contract/run.ts'
import type { Node } from '../graph/node.ts'
import type { Model } from '../nn/model.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'

/** The input of one example: P places, steps or pixels in reading order. */
export interface ExampleInput {
  places: number
  /** (P, D) numbers, or an id per place. */
  values: Float64Array
  /** The symbols of a series of symbols; empty for others. */
  tokens: string[]
  /** The image; null: a series. */
  picture: GrayImages | null
  /** The place whose answer is explained by default; null: one answer for the whole input. */
  at: number | null
}

/** The program of answers to several examples, with what writes its inputs and reads its answers. */
export interface AnswersProgram {
  outputs: Record<string, Node>
  write(executable: Executable): void
  read(executable: Executable): ExampleAnswer[]
}

export interface HeldOut {
  count: number
  /** Names of the D numbers of a place; one name if a place is a symbol or a gray level. */
  dimensions: readonly string[]
  /** Names of the symbols or gray levels by id; null: places are numbers. */
  ids: readonly string[] | null
  /** Names of the K answers: classes whose log-probabilities they are, or outputs. */
  answers: { kind: 'class' | 'number'; names: readonly string[] }
  /** (N, D) numbers or ids of training examples, for means and frequencies. */
  training(): Float64Array
  example(index: number): ExampleInput
  /** Input vectors (P, B, I) of B variants of an example -> their answers at a place (B, K). */
  graph(network: Model, weights: Weights, x: Node, at: number | null): Node
  /** Answers to at least one example. */
  program(network: Model, weights: Weights, examples: readonly number[]): AnswersProgram
}
