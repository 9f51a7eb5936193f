// The three symbol series of Elman networks: 4 one-hot symbols; answer 0 means that all outputs are 0.

/** A series with its answers, one per symbol. */
export interface Series {
  /** Symbols 1..4; answers 0..4. */
  input: number[]
  answer: number[]
}

export const series: Record<1 | 2 | 3, Series> = {
  1: { input: [1, 2, 3, 4, 3, 2], answer: [2, 3, 4, 3, 2, 1] },
  2: { input: [1, 2, 4, 2, 2, 4], answer: [0, 0, 2, 0, 0, 1] },
  3: { input: [2, 2, 3, 4, 1, 2, 3, 4], answer: [0, 0, 0, 2, 0, 0, 0, 1] },
}
export const seriesSymbols = 4
