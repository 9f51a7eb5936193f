// What looking inside asks for and gets: values of named signals over a text or an image.
import type { GrayImages } from './run.ts'

/** One signal of one layer at a checkpoint: a value per unit and position. */
export interface SignalGrid {
  layer: number
  signal: string
  units: number
  /** Over a text (T, units), the value after reading symbol t; over an image (units, rows * columns), a map per unit, row by row. */
  values: Float32Array
  /** Colour range: gates 0..1, bounded signals -1..1, others symmetric around 0 at the 99.5 % quantile of |value|. */
  lo: number
  hi: number
  step: number
}

/** A signal over a text. */
export interface TextSignals extends SignalGrid {
  /** The text symbol by symbol as shown (code points or words). T entries. */
  tokens: string[]
  /** White space before each symbol, where words were read; empty before characters. */
  spaces: string[]
  /** -log p(symbol t | before), nats; NaN for the first. T entries. */
  surprisal: Float32Array
  /** The most probable next symbols after each t: indices into vocabulary and probabilities, (T, k) row by row. */
  nextIds: Int32Array
  nextProbabilities: Float32Array
  k: number
  vocabulary: string[]
}

/** How saturated the gates of a run are over a text. */
export interface GateSaturation {
  positions: number
  /** In order of layers, gates and units: the shares of positions at which the gate is below 0.1 and above 0.9. */
  units: { layer: number; signal: string; unit: number; closed: number; open: number }[]
  step: number
}

export const predicates = ['quote', 'bracket', 'space', 'vowel', 'capital', 'digit', 'newline'] as const
/** A property of a text position with a known answer: inside quotation marks (rule: engine/probes/quotes.ts), inside (...), the symbol itself being a space, and so on. */
export type Predicate = (typeof predicates)[number]

/** One unit's power to tell positions where the predicate holds from the rest. Ranked on the first half, reported on the second. */
export interface UnitScore {
  layer: number
  signal: string
  unit: number
  /** Area under the ROC curve on the held-out half, in the direction found on the ranking half; ties averaged. */
  auc: number
  /** +1 if the unit is higher where the predicate holds, -1 if lower. */
  sign: 1 | -1
  /** F1 on the held-out half at the threshold that is best on the ranking half. */
  f1: number
  threshold: number
}

export interface UnitRanking {
  predicate: Predicate
  positions: number
  positives: number
  /** Largest held-out AUC of any unit after the labels were shifted circularly along the text: the baseline of shuffled labels. */
  nullAuc: number
  /** The `top` units of the ranking half, sorted by `auc`. */
  scores: UnitScore[]
  step: number
}

/** Images that a model of pixels generated, and those whose upper rows it went on from. */
export interface GeneratedImages {
  drawn: GrayImages
  /** Missing when nothing was given. */
  originals?: GrayImages
  seed: number
  step: number
}

/** A signal over an image, of the scan in one direction. */
export interface ImageSignals extends SignalGrid {
  /** The image itself, alone. */
  picture: GrayImages
  direction: number
  /** Names of the directions that there are. */
  directions: string[]
}

/** The option of sampling from words that lets `<unk>` be written, as every door offers it. */
export const unknownWords = {
  title: 'Unknown words',
  help: 'Let <unk> be written. Left out otherwise: it stands for every word outside of the vocabulary, and no run is trained to write it.',
} as const

export interface SampleToken {
  id: number
  text: string
  probability: number
  /** The most probable alternatives with probabilities, before top-k and top-p. */
  alternatives: { text: string; probability: number }[]
}
