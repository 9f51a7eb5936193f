// Answer of `inspect.unit`: what one unit does over a text, in numbers and in contexts. Types only.

/** Classes of symbols in the histogram; a word is of the class of its first letter, digit or other character. */
export const symbolClasses = ['letter', 'digit', 'white space', 'punctuation', 'line break'] as const
export type SymbolClass = (typeof symbolClasses)[number]

/** A position of the text with the symbols around it. */
export interface UnitContext {
  /** Index in the text read; the value is that after reading this symbol. */
  position: number
  value: number
  /** Index of the first symbol of its sequence: of its line in a run on lines, else 0. */
  start: number
  /** Index of the first symbol of the window. */
  from: number
  tokens: string[]
  /** White space before each symbol if symbols are words, else empty strings. */
  spaces: string[]
  /** Values of the unit after each symbol of the window. */
  values: number[]
}

/** One of ten intervals of equal width over the range of the unit. */
export interface UnitInterval {
  lo: number
  hi: number
  /** Share of the positions in the interval, 0..1. */
  share: number
  /** Up to five positions of the interval, drawn at random. */
  contexts: UnitContext[]
}

/** Means over the positions of one symbol. */
export interface SymbolStep {
  symbol: string
  /** Whether it opens or closes a quotation; undefined unless the symbol does both in this text. */
  role?: 'opening' | 'closing'
  count: number
  /** Mean of s_t - s_(t-1) at these positions, s being the state. */
  step: number
  /** Mean of s_t - f_t s_(t-1), what is written beside what the forget gate f keeps; null in a cell without f. */
  write: number | null
  /** Means of the signals of `GateStory.signals`, in their order. */
  means: number[]
}

/** What moves the state of a unit: the symbols read, and the gates at them. */
export interface GateStory {
  /** Id of the signal that is the state: c, or h in cells without one. */
  state: string
  /** Ids of the gates of the cell, then of its candidate. Empty for a cell without gates. */
  signals: string[]
  /** Symbols with the largest |mean step|, largest first. */
  symbols: SymbolStep[]
  /** The same in one sentence. */
  sentence: string
}

/** Strongest weights from the unit to the units of a layer above. */
export interface NextLayerWeights {
  /** Index of the layer; null: the hidden layer before the output layer. */
  layer: number | null
  /** Whether the units are those of the reverse scan. */
  reverse: boolean
  /** Gate or candidate that the weights feed; empty if the layer has none. */
  gate: string
  units: { unit: number; weight: number }[]
}

/** Strongest outgoing weights of h of a unit, signed, largest |weight| first. */
export interface OutgoingWeights {
  /** Symbols or classes whose logit the unit raises and lowers most; null if the output layer does not read the unit. */
  output: {
    raises: { symbol: string; weight: number }[]
    lowers: { symbol: string; weight: number }[]
  } | null
  next: NextLayerWeights[]
}

/** A unit whose values over the text correlate with those of the unit of the card. */
export interface SimilarUnit {
  layer: number
  unit: number
  /** Pearson's correlation, -1..1. */
  correlation: number
}

/** One signal of one unit over a text of T symbols. */
export interface UnitCard {
  layer: number
  signal: string
  unit: number
  /** Number of units of the layer. */
  units: number
  step: number
  /** Number of symbols read, T, and index of the first in the validation text (0 for a typed text and for lines). */
  positions: number
  /** Number of sequences, each read from a zero state: lines in a run on lines, else 1. */
  sequences: number
  offset: number
  mean: number
  deviation: number
  /** 50 bins of equal width from the smallest to the largest value; `counts` by class in the order of `symbolClasses`. */
  histogram: { lo: number; hi: number; counts: number[][] }
  /** The same bins where the predicate of the request holds and where it does not; null without one. */
  split: { predicate: string; holds: number[]; others: number[] } | null
  /** Positions of the largest and the smallest values, and of those nearest to the median; windows of one list do not overlap. */
  top: UnitContext[]
  bottom: UnitContext[]
  middle: UnitContext[]
  intervals: UnitInterval[]
  /** Autocorrelation of the unit at each lag, and its median over the units of the layer; NaN for a constant unit and a short text. */
  autocorrelation: { lags: number[]; unit: number[]; median: number[] }
  /** Shares of positions at which each gate is below 0.1 and above 0.9: of the unit, and of all units of the layer by number. */
  gates: { signal: string; closed: number; open: number; layer: { closed: number[]; open: number[] } }[]
  story: GateStory
  outgoing: OutgoingWeights
  /** Units of the same layer and of the other layers, largest |correlation| first. */
  similar: { here: SimilarUnit[]; others: SimilarUnit[] }
}
