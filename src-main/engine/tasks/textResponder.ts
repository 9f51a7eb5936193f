// The program of a task's answers to texts that are not in its data. Every task with the ability `applies` has it in its row.
import type { TextAnswer } from '../../contract/apply.ts'
import type { Node } from '../graph/node.ts'
import type { BeamOptions } from '../nn/beam.ts'
import type { Model } from '../nn/model.ts'
import type { Weights } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'

/**
 * Size of a program of answers: `columns` texts of at most `input` symbols each, and the symbols of an output text with its end token; how output
 * texts are decoded, greedily without `beam`, and whether their alignments are read.
 */
export interface AnswerShape {
  columns: number
  input: number
  output: number
  beam?: BeamOptions
  alignments?: boolean
}

export interface TextResponder {
  /** Symbols that are read of a text, of its beginning or its end. */
  maxLength: number
  truncate: 'beginning' | 'end'
  /** Numbers that a program of one column computes per step: classes, tags or output symbols. */
  choices: number
  /** Symbols of the longest output text with its end token; 0: there is no output text. */
  maxOutput: number
  /** The outputs of a program of this shape. */
  graph(network: Model, weights: Weights, shape: AnswerShape): Record<string, Node>
  /** Writes the ids of at most `columns` texts. */
  write(executable: Executable, texts: readonly Int32Array[]): void
  /** Reads the answers to texts of these symbols after a run; `top`: classes of an answer (default all), or tags of a symbol (default 1). */
  read(executable: Executable, texts: readonly (readonly string[])[], asked: AskedAnswers): TextAnswer[]
}

/** What is read of a run of a program. */
export interface AskedAnswers {
  network: Model
  shape: AnswerShape
  top: number | undefined
}
