// Answers of the analyses of a trained network: values with their units, no drawings. docs/analyses.md defines each.

import type { NearPosition } from './dynamics.ts'

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

/** The machine of one number of clusters; shares are of the half of the text that it was not made from, but for `determinism`. */
export interface ClusterCount {
  clusters: number
  /** Share of transitions that go from a cluster by a symbol to the most frequent cluster. */
  determinism: number
  /** Share of positions at which the machine predicts the same set of next symbols as the network. */
  fidelity: number
  /** Share of strings that it accepts as they are, and with one symbol replaced at random. */
  acceptsHeldOut: number
  acceptsCorrupted: number
  /** Its states after minimisation. */
  minimalStates: number
}

/** A state of the machine, which is a cluster of states of the network. */
export interface AutomatonState {
  /** Number of text positions in it. */
  positions: number
  /** The symbols that may follow: the most frequent set of symbols above the threshold. */
  nextSymbols: string[]
  /** Its class in the minimal automaton. */
  minimal: number
  /** The text positions nearest to the centre of the cluster. */
  nearest: NearPosition[]
}

/** A finite automaton made from clustered states of a network. */
export interface AutomatonOfNetwork {
  signal: string
  threshold: number
  /** From 2 clusters up. */
  counts: ClusterCount[]
  /** The smallest number of clusters with a fidelity of 0.99; if there is none, that with the largest fidelity, and `faithful` is false. */
  clusters: number
  faithful: boolean
  states: AutomatonState[]
  /** The most frequent target of each state and symbol, with its share. */
  transitions: { from: number; symbol: string; to: number; count: number; share: number }[]
  tokens: string[]
  /** The state after each symbol, T entries. */
  clusterOf: Int32Array
  /** Index of the first symbol of each sequence that was read from the zero state. */
  sequenceStarts: Int32Array
  seed: number
  step: number
}

export const projectionSources = ['states', 'phrases', 'embeddings'] as const
/** What is placed: states after symbols, states at the ends of phrases, embeddings of symbols. */
export type ProjectionSource = (typeof projectionSources)[number]
export const projectionMethods = ['pca', 'tsne', 'umap'] as const
export type ProjectionMethod = (typeof projectionMethods)[number]

/** N vectors placed in the plane. */
export interface Projection {
  source: ProjectionSource
  method: ProjectionMethod
  signal: string
  /** N coordinates each. */
  x: Float32Array
  y: Float32Array
  /** PCA: the shares of the variance along x and y; null for other methods, whose axes have no meaning. */
  explained: number[] | null
  /** Text position of each point, or its index in the vocabulary. */
  positions: Int32Array
  /** The symbol or the phrase of each point. */
  names: string[]
  /** The text, symbol by symbol, with the white space before each symbol; for embeddings the vocabulary. */
  tokens: string[]
  spaces: string[]
  /** The predicate that colours the points; null: the class of the symbol. */
  colour: string | null
  /** Names of the classes of which `values` are indices; null if `values` are numbers. */
  classes: string[] | null
  /** N entries. */
  values: Float32Array
  seed: number
  step: number
}

/** Integrated gradients of log p from zero input vectors. */
export interface IntegratedGradients {
  /** One number per symbol, which sum to `difference`; null if they miss it by more than a tenth. */
  values: Float32Array | null
  /** |sum - difference| / |difference|. */
  completenessError: number
  /** log p as it is minus log p with zero inputs, nats. */
  difference: number
  steps: number
}

/** What the symbols before a position contribute to log p(symbol at the position | symbols before it), in nats. */
export interface Attribution {
  /** The T symbols before the target; of a classifier, all symbols of the text. */
  tokens: string[]
  /** White space before each symbol; none if symbols are characters. */
  spaces: string[]
  /** Position of the target, T. */
  target: number
  /** The symbol whose log-probability is explained; null: `label` is. */
  symbol: string | null
  /** Of a classifier: the class whose log-probability is explained; null for runs that predict the next symbol. */
  label: string | null
  /** Of a classifier: the probabilities of all classes, most probable first; empty for runs that predict the next symbol. */
  classes: { label: string; probability: number }[]
  logProbability: number
  /** Norm of d log p / d (input vector) of each symbol, T entries. */
  gradient: Float32Array
  /** The same gradient times the input vector. */
  gradientTimesInput: Float32Array
  /** log p as it is minus log p with the symbol replaced, the mean over the replacements. T entries. */
  occlusion: Float32Array
  /** The replacements of each symbol, most probable first. */
  replacements: { symbol: string; change: number }[][]
  /** Norms of d log p / d (state after each symbol) by state such as `0.c`, NaN for the last symbol; slope of ln norm per symbol of distance. */
  horizon: { state: string; norms: Float32Array; slope: number }[]
  /** Why `horizon` is empty; null if it is not. */
  noHorizon: string | null
  /** Null if not asked for. */
  integrated: IntegratedGradients | null
  step: number
}

/** What one number says of a whole line: the mean of a unit over it, its value after the last symbol, its largest and smallest value. */
export const lineFeatures = ['mean', 'last', 'max', 'min'] as const
export type LineFeature = (typeof lineFeatures)[number]

/** A unit by how it tells lines of one class from the rest; figures are of lines that it was not chosen on. */
export interface ClassUnit extends UnitRef {
  /** The feature that tells the classes best. */
  feature: LineFeature
  /** +1 if lines of the class have the larger value. */
  sign: 1 | -1
  auc: number
  /** Share of the lines that `threshold` sorts right. */
  accuracy: number
  /** In units of the signal. */
  threshold: number
  /** What it costs the lines to hold the unit as in the other class; null if it was not measured. */
  wrongHold: WrongHold | null
}

/**
 * Mean loss of the lines of each side with the unit held as on the other side, minus that with the unit held as on their own side, in nats
 * per symbol: 0 if the network does not use the unit.
 */
export interface WrongHold {
  ofClass: number
  rest: number
  /** Standard errors of both, over the symbols. */
  ofClassError: number
  restError: number
}

/** A side needs a unit if it costs at least so many nats per symbol, and more than three standard errors. */
export const leastCost = 0.001

/** The unit that both sides need most: its smaller cost is the largest. Undefined if no unit is needed by both. */
export function mostUsed(units: readonly ClassUnit[]): ClassUnit | undefined {
  const isNeeded = ({ wrongHold: cost }: ClassUnit) =>
    cost !== null &&
    cost.ofClass > Math.max(leastCost, 3 * cost.ofClassError) &&
    cost.rest > Math.max(leastCost, 3 * cost.restError)
  const smaller = ({ wrongHold }: ClassUnit) => Math.min(wrongHold!.ofClass, wrongHold!.rest)
  return units.filter(isNeeded).sort((a, b) => smaller(b) - smaller(a))[0]
}

/** Logistic regression with an L1 penalty on all units of one layer. */
export interface SparseProbe {
  layer: number
  feature: LineFeature
  /** Strength of the loss beside the penalty. */
  c: number
  /** Share of the other lines that it sorts right. */
  accuracy: number
  /** Units with a weight, of all `units` of the layer. */
  nonZero: number
  units: number
  /** The ten largest weights, of standardised units. */
  weights: { unit: number; weight: number }[]
}

/** Units that know the class of a line. */
export interface LineClasses {
  /** The class that is told from all others. */
  label: string
  labels: { label: string; lines: number }[]
  signal: string
  /** Lines that the figures are of. */
  counted: number
  /** Accuracy of always saying the more frequent side. */
  majority: number
  /** Best first. */
  units: ClassUnit[]
  probe: SparseProbe
  /** Numbers of lines by the value of the first unit, in bins of one width from `low` to `high`. */
  histogram: { low: number; high: number; rest: number[]; ofClass: number[] }
  step: number
}
