// Answers of the analyses of a network's dynamics: Lyapunov spectrum and fixed points. docs/analyses.md defines each.

/** The Lyapunov spectrum of a network driven by a text, by held-out numbers or by one input, in nats per step. */
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
  /** The symbol that was read at every step; null if a text or numbers were read. */
  symbol: string | null
  /** The vector of numbers that was read at every step; null if sequences or symbols were read. */
  inputs: Float64Array | null
  /** The symbols read, T entries; empty for networks that read numbers. */
  tokens: string[]
  /** ln of the growth of the first direction at each symbol, T entries; NaN at steps that are not counted. */
  growth: Float32Array
  step: number
}

/** A position of what was read, with the Euclidean distance of its state. */
export interface NearPosition {
  position: number
  distance: number
}

/** A state that does not change while one input is read. */
export interface FixedPoint {
  /** All states of all layers, n values in the order of the network's states (layer by layer, such as h then c). */
  state: Float64Array
  /** Speed, |s - F(s)|^2 / 2; below 1e-12. */
  q: number
  /** Real and imaginary parts of the n eigenvalues of the Jacobian, largest |value| first. */
  re: Float64Array
  im: Float64Array
  /** Number of eigenvalues with |value| >= 1; 0: the point is stable. */
  unstable: number
  /** Starts that led here. */
  starts: number
  /** Outputs of the network there after its output activation; empty for networks that read symbols. */
  outputs: Float64Array
  /** Coordinates in the principal components of the visited states, at most 3. */
  place: Float64Array
  /** The positions with the nearest states, nearest first. */
  nearest: NearPosition[]
}

/** Sequences of numbers that a network has read one after the other, T steps in all, each sequence from the zero state. */
export interface NumberSequences {
  /** Index of the first step of each sequence. */
  starts: Int32Array
  /** Numbers that were read, (T, channels) row by row. */
  inputs: Float32Array
  /** Outputs after the output activation, (T, outputs) row by row. */
  outputs: Float32Array
}

/** The sequence of a position and its step there, both from 0. `starts`: first position of each sequence, ascending. */
export function sequenceStep(starts: Int32Array, position: number): { sequence: number; step: number } {
  const sequence = starts.findLastIndex((start) => start <= position)
  return { sequence, step: position - starts[sequence]! }
}

/** Fixed points of a network that reads one symbol or one vector of numbers for ever. */
export interface FixedPoints {
  /** Null for networks that read numbers. */
  symbol: string | null
  /** The vector that is read at every step; null for networks that read symbols. */
  inputs: Float64Array | null
  stateSize: number
  /** Sorted by the number of unstable modes, then by `starts`. */
  points: FixedPoint[]
  /**
   * Sum of the indices of the points, the sign of det(I - J) at each. All fixed points of a network with bounded states together have the sum 1
   * (Lefschetz), so another sum says that some are missing.
   */
  indexSum: number
  /** Searches: by descent from every start, by reading on from the first 64, and for small states from the starts themselves and between points. */
  starts: number
  /** Searches that reached no fixed point: slow points, cycles, or out of time. */
  unconverged: number
  /** Smallest speed q among these; null if there is none. */
  slowest: number | null
  /** Descents that ended more than 10 mean distances from the centre of the starts. */
  dropped: number
  /** The text whose states are the starts, symbol by symbol; empty for networks that read numbers. */
  tokens: string[]
  /** The held-out sequences whose states are the starts; null for networks that read symbols. */
  sequences: NumberSequences | null
  /** Coordinates of the visited states in their first principal components, (T, at most 3) row by row. */
  visited: Float32Array
  /** Share of the variance of each component. */
  explained: number[]
  seed: number
  step: number
}
