// Answers of a trained network to new texts: a class, a tag for each symbol, or an output text, with their probabilities.
import type { Alignment } from './alignment.ts'

/** A class or tag with its probability. */
export interface Choice {
  name: string
  probability: number
}

/** A symbol of an output text with its probability, given the symbols before it. */
export interface OutputSymbol extends Choice {
  /** The natural logarithm of the probability, in nats. */
  logProbability: number
}

/** The kinds of answers: the class of a text; a tag for each symbol that was read; the next word; a text from decoding. */
export type TextAnswer =
  /** Classes, the most probable first. */
  | { kind: 'class'; classes: Choice[] }
  /** Tags of each symbol, the most probable first. */
  | { kind: 'tags'; tags: Choice[][] }
  | NextWords
  | OutputText

/** The likeliest words after a text, the most probable first; `ngram`: the probability by the n-gram model that the call asked for. */
export interface NextWords {
  kind: 'next'
  words: (Choice & { ngram?: number })[]
}

/** A text from greedy decoding or beam search. */
export interface OutputText extends Output {
  kind: 'text'
  symbols: OutputSymbol[]
  /** Where the decoder attended to, if the run has attention and the call asked for it. */
  alignment?: Alignment
  /** The other outputs of the beam, those that ended first, the best first; undefined for greedy decoding. */
  others?: Output[]
}

/** An output of a search. */
export interface Output {
  text: string
  /** False if the greatest length was reached without the end token. */
  ended: boolean
  /** Of the whole output with its end token, in nats. */
  logProbability: number
}

/** A new text as the network read it, with the answer. */
export interface AnsweredText {
  /** The symbols that were read. */
  symbols: string[]
  /** Places in `symbols` of words that the run does not know and that were read as its unknown word. */
  unknown: number[]
  /** Symbols beyond the longest example of the run, which were not read. */
  omitted: number
  answer: TextAnswer
}

export interface AnsweredTexts {
  /** One per text, in their order. */
  answers: AnsweredText[]
  step: number
}

/** A held-out text of a run with what is expected of it: a class, its tagged words, or an output text. */
export interface HeldOutText {
  text: string
  expected: string
  /** Its number, and the number of all. */
  example: number
  examples: number
  step: number
}

/** The most probable answer as a text: a class, the next word, the tagged words, or the output. */
export function answerText({ symbols, answer }: AnsweredText): string {
  if (answer.kind === 'class') return answer.classes[0]!.name
  if (answer.kind === 'next') return answer.words[0]!.name
  if (answer.kind === 'text') return answer.text
  return answer.tags.map(([tag], i) => `${symbols[i]!}/${tag!.name}`).join(' ')
}

/** The words of a text that the run does not know, each once. */
export const unknownWordsOf = ({ symbols, unknown }: AnsweredText): string[] => [
  ...new Set(unknown.map((place) => symbols[place]!)),
]
