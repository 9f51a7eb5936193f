// The answer to "where is the loss": every symbol's loss under the network, an n-gram model and another run, by classes of symbols.

/** Mean losses of the symbols of a class, nats per symbol. */
export interface LossRow {
  /** A class of symbols, or a predicate that holds at the symbol. */
  name: string
  kind: 'symbols' | 'predicate'
  /** For a predicate: whether it holds. */
  holds: boolean | null
  count: number
  network: number
  /** Null without an n-gram model or a second run. */
  ngram: number | null
  other: number | null
}

/** Errors that one remedy would remove, after those before it were removed. */
export interface ErrorClass {
  name: string
  /** Symbols that got a probability below 0.5. */
  errors: number
  /** Their loss, nats in all. */
  loss: number
}

/** How many symbols got a probability below 0.5 from the network, from the n-gram model, from both, from neither. */
export interface ErrorOverlap {
  both: number
  networkOnly: number
  ngramOnly: number
  neither: number
}

export interface Losses {
  /** The text, T symbols, with the white space before each; no spaces if symbols are characters. */
  tokens: string[]
  spaces: string[]
  /** Symbols that count: all but the first ones, since states start at zero. */
  from: number
  /** -log p of each symbol, nats; NaN for the first. T entries. */
  network: Float32Array
  ngram: Float32Array | null
  other: Float32Array | null
  /** The first rows are all symbols, then classes, then predicates. */
  rows: LossRow[]
  /** Null for words, and without an n-gram model. */
  errorClasses: ErrorClass[] | null
  overlap: ErrorOverlap | null
  /** Order of the n-gram model and the symbols that it was counted from. */
  order: number
  trainingSymbols: number
  step: number
  otherStep: number | null
}
