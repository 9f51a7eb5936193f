// Images that are shown with their predicted classes: gray levels in 16 steps, the caption, and whether it is wrong.
import type { GrayImage, GrayImages } from '../../../contract/run.ts'
import { largestFirst } from '../../generation/sample.ts'

/** Gray levels of images that are shown, a hexadecimal digit each. */
export const shownLevels = 16

/** The picture of gray levels 0 to 255. */
export const pictureOf = (pixels: ArrayLike<number>): GrayImage => ({
  pixels: Array.from(pixels, (level) => Math.floor((level * shownLevels) / 256).toString(16)).join(''),
})

/** Images (rows, columns) with their captions. */
export const picturesOf = (rows: number, columns: number, pictures: GrayImage[]): GrayImages => ({
  rows,
  columns,
  levels: shownLevels,
  pictures,
})

/** The caption of an answer: the likeliest class with its probability, and the right one if it is another. */
export function captionOf(probabilities: ArrayLike<number>, classes: readonly string[], label: number) {
  const guess = largestFirst(Float64Array.from(probabilities), 1)[0]!
  const predicted = `${classes[guess]} (${Math.round(100 * probabilities[guess]!)} %)`
  return {
    caption: guess === label ? predicted : `${predicted}, is ${classes[label]}`,
    wrong: guess !== label,
  }
}
