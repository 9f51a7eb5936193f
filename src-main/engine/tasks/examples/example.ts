// Sequences with answers: what one example is, and what all examples of a problem have in common. No network, no padding, no files.

/** What goes in and what should come out. */
export interface Example {
  /** Ids of the steps; or numbers, `lines` of them per step. */
  input: ArrayLike<number>
  /** one: a single id or number. each: an id or number per step, -1 where nothing is asked. pair: ids, without the end token. */
  answer: ArrayLike<number>
  /** Grammars: per step the symbols that may come next, one bit each. */
  legal?: ArrayLike<number>
  /** Held out and longer than any that is learnt from: judged apart. */
  beyond?: true
}

/** When an answer at a step counts as right, for the share of examples that are right throughout. */
export type Judge =
  /** The likeliest symbol is the answer. */
  | { kind: 'likeliest' }
  /** The symbols with more than `threshold` probability are just those that the grammar allows. */
  | { kind: 'legal'; threshold: number }
  /** Where the grammar leaves no choice, the likeliest symbol is the answer. */
  | { kind: 'determined' }

/** What a network needs to know of a problem to be laid out. */
export interface Shape {
  /** one: an answer after the last step. each: an answer at every step. pair: another sequence. */
  topology: 'one' | 'each' | 'pair'
  /** Symbols, or lines with numbers. */
  input: { symbols: number } | { lines: number }
  /** Classes (of a pair: with the end token); one yes-or-no output; or one number, with the probability to stop there. */
  output: { kind: 'classes'; count: number } | { kind: 'bit' } | { kind: 'number'; stop: boolean }
  /** Whether the answer to a step is the input of the next one: then nothing may be read ahead. */
  next: boolean
  /** Whether its symbols are words of examples, most of which are rare: see `model.embeddingInit`. */
  words: boolean
}

export interface Problem extends Shape {
  /** Shown symbols in the order of ids; empty for numbers. */
  symbols: readonly string[]
  /** Names of the classes, the end token of a pair left out; empty for numbers. */
  labels: readonly string[]
  /** Output that stands for words outside of the vocabulary, never asked for and never written; -1: none. */
  unknown: number
  /** Between two shown symbols. */
  space: '' | ' '
  judge: Judge
  /** Numbers this near to the answer are right; 0: none is right or wrong. */
  tolerance: number
  /** Steps of the longest example: input, and answer of a pair with its end token. */
  longest: { input: number; answer: number }
  /** Every example is as long as the longest: no padding, no masks. */
  uniform: boolean
  /** Some held-out examples lie beyond what is learnt from. */
  beyond: boolean
  /** A number that was answered, for people; missing: with three digits. */
  written?(value: number): string
  /** Input and answer for people; missing: symbols as they are. */
  show?(example: Example): { input: string; expected: string }
}

/** Name of the end token. */
export const endToken = '<end>'

/** Steps of an example's input. */
export const stepsOf = ({ input }: Shape, example: Example): number =>
  'lines' in input ? example.input.length / input.lines : example.input.length

/** Steps of the answer of a pair, its end token counted. */
export const answerSteps = ({ topology }: Shape, example: Example): number =>
  topology === 'pair' ? example.answer.length + 1 : 1
