// Filters that are laid over held-out images, and what a test of a network on them finds.
import type { GrayImages } from './run.ts'

export interface ImageFilter {
  id: string
  title: string
  /** What it does, with the unit of its strengths. */
  about: string
  strengths: readonly number[]
}

export const imageFilters = [
  { id: 'noise', title: 'Noise', about: 'Gaussian noise is added; its standard deviation as a fraction of white.', strengths: [0.1, 0.2, 0.4, 0.8] },
  { id: 'blur', title: 'Blur', about: 'Gaussian blur; its standard deviation as a fraction of the smaller side.', strengths: [0.02, 0.04, 0.06, 0.1] },
  { id: 'contrast', title: 'Contrast', about: 'The contrast around middle gray is reduced to this fraction.', strengths: [0.75, 0.5, 0.25, 0.1] },
  { id: 'inversion', title: 'Inversion', about: 'Mixed with its negative; the fraction of the negative.', strengths: [0.25, 0.5, 0.75, 1] },
  { id: 'rotation', title: 'Rotation', about: 'Turned to a random side by this angle, in degrees.', strengths: [10, 20, 30, 45] },
  { id: 'occlusion', title: 'Occlusion', about: 'A gray rectangle at a random place; its sides as fractions of those of the image.', strengths: [0.2, 0.3, 0.4, 0.5] },
  { id: 'shift', title: 'Shift', about: 'Moved in a random direction; the distance as a fraction of the sides.', strengths: [0.05, 0.1, 0.15, 0.2] },
] as const satisfies readonly ImageFilter[] // prettier-ignore
export type FilterId = (typeof imageFilters)[number]['id']

/** The answers to images under one filter of one strength. */
export interface FilterCell {
  strength: number
  accuracy: number
  /** Class of the example under the filter, with its probability. */
  answer: string
  probability: number
}

export interface FilterTable {
  /** Held-out images that were read. */
  images: number
  /** Accuracy without a filter. */
  accuracy: number
  /** Accuracy of always giving the most frequent class of the training part. */
  majority: number
  /** The example: its number, its class, and the answer without a filter. */
  example: { index: number; expected: string; answer: string; probability: number }
  filters: { id: FilterId; cells: FilterCell[] }[]
  /** The example without a filter, then under each filter of each strength. */
  pictures: GrayImages
  step: number
}
