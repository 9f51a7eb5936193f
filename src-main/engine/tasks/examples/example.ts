// The types of an example (an input sequence with its answer) and of a problem (the properties that all its examples share). No networks,
// no padding, no files.

/** An input sequence with its target. */
export interface Example {
  /** Ids, one per step; or numbers, `channels` per step. */
  input: ArrayLike<number>
  /**
   * one: a single id, or the numbers of one answer. each: an id or the numbers of a step, one after the other; -1 for a step without a
   * target. pair: ids, without the end token.
   */
  answer: ArrayLike<number>
  /** Grammars: the set of symbols allowed next, as a bit mask per step. */
  legal?: ArrayLike<number>
  /** Symbols of a pair as its text has them, if the vocabularies lack some. */
  written?: { input: readonly string[]; answer: readonly string[] }
  /** Held out and longer than all training examples; counted in metrics of extrapolation only. */
  extrapolation?: true
}

/** The criterion by which the output at a step is right, for accuracy and exact match. */
export type Judge =
  /** The most probable symbol is the answer. */
  | { kind: 'argmax' }
  /** The set of symbols with more than `threshold` probability is the set that the grammar allows. */
  | { kind: 'legal'; threshold: number }
  /** As argmax, but only at steps where the grammar allows a single symbol. */
  | { kind: 'determined' }

/** An answer of `count` numbers, with a stop output behind them where `stop` is true. */
export interface NumberOutput {
  kind: 'number'
  count: number
  stop: boolean
  /** Ascending probabilities of the quantile loss; undefined: the task predicts no distributions. */
  quantiles?: readonly number[]
}

/** The properties of a problem that determine the network's layout. */
export interface Shape {
  /** one: an answer after the last step (many to one). each: an answer at every step (many to many). pair: another sequence (encoder and decoder). */
  topology: 'one' | 'each' | 'pair'
  /** Vocabulary size, or numbers per step. */
  input: { symbols: number } | { channels: number }
  /** Number of classes (of a pair: with the end token); one binary output; or numbers. */
  output: { kind: 'classes'; count: number } | { kind: 'bit' } | NumberOutput
  /** Whether the answer at a step is the next input, so that the network must not read ahead. */
  predictsNext: boolean
  /** Whether input symbols are words, most of them rare; sets the default of `model.embeddingInit`. */
  words: boolean
}

export interface Problem extends Shape {
  /** Input symbols by id; empty for numbers. */
  symbols: readonly string[]
  /** Names of the classes by id, without the end token of a pair; empty for numbers. */
  labels: readonly string[]
  /** Class of out-of-vocabulary words, which is never a target and never generated; -1 if there is none. */
  unknown: number
  /** Names of the numbers of a step, as many as channels; `input 1` ... if left out. */
  dimensions?: readonly string[]
  /** Names of the numbers of an answer; `value`, or `value 1` ... if left out. */
  answerNames?: readonly string[]
  /** Numbers of examples, read and answered, are multiplied by this where the network sees them; 1 if left out. */
  numberScale?: number
  /** Separator between symbols in tables. */
  separator: '' | ' '
  judge: Judge
  /** A number is right if it differs from the answer by less than this; 0: numbers are not counted as right or wrong. */
  tolerance: number
  /** Steps of the longest example: of the input, and of the answer of a pair with its end token. */
  maxLength: { input: number; answer: number }
  /** All examples have the same length, so there is no padding and no mask. */
  fixedLength: boolean
  /** Some held-out examples are longer than all training examples; see `Example.extrapolation`. */
  extrapolates: boolean
  /** Formats number `index` of the answer to an example for tables; default: three digits after the point. */
  formatNumber?(value: number, index: number, example: Example): string
  /** Formats input and answer for tables; default: the symbols. */
  formatExample?(example: Example): { input: string; expected: string }
}

/** Name of the end token. */
export const endToken = '<end>'

/** What the lengths of examples depend on. */
export type Layout = Pick<Shape, 'topology' | 'input'>

/** Number of input steps of an example. */
export const stepsOf = ({ input }: Layout, example: Example): number =>
  'channels' in input ? example.input.length / input.channels : example.input.length

/** Number of answer steps of a pair, with the end token; 1 for other topologies. */
export const answerSteps = ({ topology }: Layout, example: Example): number =>
  topology === 'pair' ? example.answer.length + 1 : 1
