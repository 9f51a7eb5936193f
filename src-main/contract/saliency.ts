// Answers of the saliency of inputs: how an answer of the network depends on every number of a held-out example, and lists of such examples.
// docs/analyses.md defines each figure.
import type { IntegratedGradients } from './analyses.ts'
import type { GrayImages } from './run.ts'

/** A held-out example with its answer. */
export interface ExampleAnswer {
  /** Its number, from 0. */
  example: number
  /** The input in a few words or symbols. */
  input: string
  expected: string
  predicted: string
  /** Null: the task counts no answer of it as right or wrong. */
  right: boolean | null
  /** Mean loss of its answers, in the unit of the task's loss. */
  loss: number
}

/** Some held-out examples, in the order that was asked for. */
export interface ExampleList {
  rows: ExampleAnswer[]
  /** Held-out examples of the run, those that were read, and the wrong ones among these (null: nothing is right or wrong). */
  examples: number
  read: number
  wrong: number | null
  step: number
}

/** The answer that is explained. */
export interface ExplainedAnswer {
  kind: 'class' | 'number'
  /** The class whose log-probability it is, or the name of an output. */
  name: string
  /** The class whose log-probability is subtracted; null: none. */
  against: string | null
  /** The step, or the pixel in reading order, that is answered; null: one answer for the whole input. */
  at: number | null
  /** log p in nats, or the difference of two; an output as it is. */
  value: number
}

/** How an answer depends on the input of one example: P places (steps, or pixels in reading order) of D numbers each; arrays are (P, D). */
export interface InputSaliency extends ExampleAnswer {
  /** Held-out examples of the run. */
  examples: number
  answer: ExplainedAnswer
  /** All classes with their probabilities, or all outputs, of that answer. */
  outputs: { name: string; value: number }[]
  /** The names of the D numbers; one name if each place is a symbol or a pixel. */
  dimensions: string[]
  /** The numbers that were read; ids of symbols, or gray levels, with one per place. */
  inputs: Float32Array
  /** The symbols of a series of symbols; empty for numbers and images. */
  tokens: string[]
  /** The image that was read; null: a series. */
  picture: GrayImages | null
  /** d answer / d input. Of symbols and pixels the norm of the gradient by the input vector. */
  gradient: Float32Array
  /** The gradient times the input. */
  gradientTimesInput: Float32Array
  /** The answer as it is minus the answer with the input replaced by its baseline. */
  occlusion: Float32Array
  /** What replaced inputs in the occlusion, in words. */
  baseline: string
  /** |gradient| summed over the numbers of a step, by its distance before the answer (0: the step of the answer); empty for images. */
  horizon: Float32Array
  /** Slope of ln |gradient| per step of distance; NaN with fewer than two positive values. */
  horizonSlope: number
  /** Null if not asked for. `difference` is from the baseline, for symbols and pixels from zero input vectors. */
  integrated: IntegratedGradients | null
  step: number
}
