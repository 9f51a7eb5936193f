// The images of a file that a trained network is given: one PNG or JPEG, or those of an IDX or NumPy array.
import { formatError } from '../foreign.ts'
import { imagesOfArray } from './arrays.ts'
import { isIdx, readIdx } from './idx.ts'
import { isNpy, readNpy } from './npy.ts'
import type { GrayPixels } from './pixels.ts'
import { readRaster } from './raster.ts'

/** Gray levels of each image of a file. Throws E_DATA_FORMAT with the name. */
export function imagesOfFile(bytes: Uint8Array, name: string): GrayPixels[] {
  if (!isIdx(bytes) && !isNpy(bytes)) return [readRaster(bytes, name)]
  const array = isNpy(bytes) ? readNpy(bytes, name) : { ...readIdx(bytes, name), kind: 'integer' as const }
  const shape = array.shape.length === 2 && !isIdx(bytes) ? [1, ...array.shape] : array.shape
  const { rows, columns, labels, pixels } = imagesOfArray({ ...array, shape }, name).set
  if (labels.length === 0) throw formatError(`${name}: there is no image in it.`)
  const size = rows * columns
  return Array.from(labels, (_, n) => ({ rows, columns, pixels: pixels.subarray(n * size, (n + 1) * size) }))
}
