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
