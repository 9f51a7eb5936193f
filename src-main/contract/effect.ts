// Answers about interventions: what they do to the loss and to generated text.

/** Symbols that are told apart: letters, white space, a mark. */
export interface LossClass {
  name: string
  /** Whether the predicate held at the symbol before; null without a predicate. */
  held: boolean | null
  count: number
  /** Mean -log p of its symbols without interventions, nats. */
  loss: number
}

/** Differences of the mean loss in nats, with minus without the interventions. */
export interface VariantEffect {
  interventions: string[]
  all: number
  /** In the order of `classes`. */
  classes: number[]
}

export interface InterventionEffect {
  step: number
  /** Predicted symbols. */
  positions: number
  predicate: string | null
  /** Mean -log p without interventions, nats. */
  loss: number
  classes: LossClass[]
  effects: VariantEffect[]
}

/** Generated text of one variant. */
export interface VariantRate {
  interventions: string[]
  /** Share of the generated symbols at which the predicate holds, with the 95 % interval of a bootstrap over samples. */
  rate: number
  low: number
  high: number
  /** Mean -log p of the text under the model without interventions, nats per symbol. */
  loss: number
  /** Share of the generated words that occur in the text of the run that was read. */
  realWords: number
  /** The first sample. */
  example: string
}

export interface GeneratedRates {
  step: number
  predicate: string
  /** The rate is counted only at symbols where this predicate holds; null: at all. */
  among: string | null
  samples: number
  length: number
  seed: number
  /** The first one without interventions. */
  variants: VariantRate[]
}

/** A class of symbols that a unit is used for. */
export interface UsedClass {
  /** Index of the class. */
  index: number
  /** The operations that raise its loss by more than five times the median unit, the largest first. */
  operations: string[]
  /** The largest rise, nats. */
  delta: number
}

/** What several operations on a unit do to the loss, beside the units of its layer and signal. */
export interface CausalCard {
  layer: number
  signal: string
  unit: number
  /** In the order of `effect.effects`. */
  operations: string[]
  effect: InterventionEffect
  /** Median over all units of |difference|, the larger of set(0) and set(mean), nats. */
  medians: { all: number; classes: number[] }
  /** Share of all units whose mean changes the loss more than that of this unit. */
  largerShare: number
  used: UsedClass[]
}

/** Units of a corrupted text patched with their values over a clean one, each by itself. */
export interface PatchedUnits {
  step: number
  layer: number
  signal: string
  units: number
  /** The symbols of both texts, T entries each. */
  tokens: { clean: string[]; corrupted: string[] }
  /** Positions of the patches. */
  at: number[]
  /** log p of the last symbol, nats. */
  clean: number
  corrupted: number
  /** (positions, units): the share of the gap that comes back; 1: all of it. */
  recovery: Float64Array
}
