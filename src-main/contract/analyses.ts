// Answers of the analyses of a trained network: values with their units, no drawings. docs/analyses.md defines each.

/** A unit of a layer; both count from 0. */
export interface UnitRef {
  layer: number
  unit: number
}

/** A unit of the other run with its signed Pearson correlation over the text. */
export interface CorrelatedUnit extends UnitRef {
  correlation: number
}

/** A unit of the first run with its counterparts in the second. */
export interface MatchedUnit extends UnitRef {
  /** The unit of the other run with the largest |correlation|. */
  best: CorrelatedUnit
  /** Whether this unit is in turn the best match of `best`. */
  mutual: boolean
  /** The partner in the one-to-one assignment with the largest sum of |correlation|; null if the other run has fewer units. */
  assigned: CorrelatedUnit | null
  /** Largest |correlation| with a unit of the other run after its units were rotated by a random orthogonal matrix. */
  rotated: number
  /** |best.correlation| - rotated. */
  excess: number
}

/** Units of one run matched to those of another over the same text. */
export interface UnitMatching {
  signal: string
  otherSignal: string
  /** Symbols that were counted; the first ones are left out because states start at zero. */
  positions: number
  /** Sorted by |best.correlation|, largest first. */
  units: MatchedUnit[]
  /** Units of the other run, in order of the columns of `correlations`. */
  otherUnits: UnitRef[]
  /** Signed correlations (units in order of layer and unit, otherUnits), row by row; 0 where a unit is constant. */
  correlations: Float32Array
  /** Means over the units of |best|, |assigned| and rotated. */
  means: { best: number; assigned: number; rotated: number }
  seed: number
  step: number
  otherStep: number
}

/** The Lyapunov spectrum of a network driven by a text or by one symbol, in nats per symbol. */
export interface LyapunovSpectrum {
  /** The largest exponents, largest first; -Infinity for a direction that a step removes entirely. */
  exponents: Float64Array
  /** The same exponents from each half of the counted steps: their difference shows how far they have converged. */
  firstHalf: Float64Array
  secondHalf: Float64Array
  /** Number of values of the whole state, which is the number of all exponents. */
  stateSize: number
  /** Steps that were counted. */
  counted: number
  /** The symbol that was read at every step; null if a text was read. */
  symbol: string | null
  /** The symbols read, T entries. */
  tokens: string[]
  /** ln of the growth of the first direction at each symbol, T entries; NaN at steps that are not counted. */
  growth: Float32Array
  step: number
}
