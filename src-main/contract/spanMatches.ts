// The answer to "which units are on at exactly this span of the text, and where else are they on together".
import type { UnitRef } from './analyses.ts'

/** overlap: units above a threshold throughout the span, as LSTMVis does. contrast: units that separate the span from the text beside it. */
export const spanModes = ['overlap', 'contrast'] as const
export type SpanMode = (typeof spanModes)[number]
/** At which side of the span, and of a match, a unit must be off. */
export const strictSides = ['none', 'left', 'right', 'both'] as const
export type StrictSide = (typeof strictSides)[number]

/** A unit with its sign; its signed value is sign * value of the signal. */
export interface SpanUnit extends UnitRef {
  sign: 1 | -1
  /** The unit is on where its signed value is at least this. */
  threshold: number
  /** Mean signed value inside the span, and in the 60 symbols on each side. */
  inside: number
  outside: number
  /** Probability that the signed value is larger inside the span than beside it, ties counting half. */
  auc: number
}

/** Another place of the text where units of the span are on. */
export interface SpanMatch {
  /** First and last symbol. */
  from: number
  to: number
  /** Units of the span that are on at all its symbols, of all units that are (overlap); 1 of 1 (contrast). */
  shared: number
  union: number
}

export interface SpanMatches {
  mode: SpanMode
  signal: string
  /** The span: first and last symbol. */
  from: number
  to: number
  /** The text, T symbols, with the white space before each; no spaces if symbols are characters. */
  tokens: string[]
  spaces: string[]
  /** overlap: all units of the span; contrast: the first 20. By AUC, largest first. */
  units: SpanUnit[]
  /** Best first; none overlaps another one or the span. */
  matches: SpanMatch[]
  /** Number of candidates by length in symbols: all, and those where all units of the span are on. */
  lengths: { length: number; all: number; strict: number }[]
  step: number
}
