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
