// The attention of an output text over its source: how much of the mean that the decoder read at a symbol came from each source symbol.

/** Weights of each symbol of an output (row) over the symbols of its source (column), each row with the sum 1. */
export interface Alignment {
  /** Symbols; with subsampling the symbols that one step of the encoder's output stands for. */
  source: string[]
  output: string[]
  /** Rounded to three decimals. */
  weights: number[][]
}
