// Answers of a trained network to new images: the class of each, with probabilities.
import type { Choice } from './apply.ts'
import type { GrayImages } from './run.ts'

/** A new image with its answer. */
export interface AnsweredImage {
  /** Name of its file, with its number from 1 if the file has several. */
  name: string
  /** Rows and columns before it was scaled to those of the run. */
  rows: number
  columns: number
  /** The most probable class first. */
  classes: Choice[]
}

export interface AppliedImages {
  step: number
  images: AnsweredImage[]
  /** The first images as the network read them, with the answer as caption. */
  pictures: GrayImages
  /** Class of the held-out image that was asked for; null for images of the user. */
  expected: string | null
}

/** Number of images whose pictures an answer has. */
export const shownImages = 50

/** A table of answers: a row per image with the classes by probability. */
export function imageTable({ images }: AppliedImages, top: number): (string | number)[][] {
  const numbers = Array.from({ length: Math.min(top, images[0]?.classes.length ?? 0) }, (_, i) => i + 1)
  const heading = [
    'image',
    ...numbers.flatMap((n) => (n === 1 ? ['class', 'probability'] : [`class ${n}`, `probability ${n}`])),
  ]
  const rows = images.map(({ name, classes }) => [
    name,
    ...numbers.flatMap((n) => [classes[n - 1]!.name, classes[n - 1]!.probability]),
  ])
  return [heading, ...rows]
}
