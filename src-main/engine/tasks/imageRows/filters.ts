// The filters of images: gray levels 0 (black) to 1 (white) of one image in, those under the filter out. What lies outside of an image is as its edge.
import type { FilterId } from '../../../contract/imageFilters.ts'
import { randomStream } from '../../run/random.ts'

/** Gray levels (rows, columns). */
interface Levels {
  rows: number
  columns: number
  values: Float64Array
}

type Chance = ReturnType<typeof randomStream>
type Filter = (image: Levels, strength: number, chance: Chance) => Float64Array

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** The level at a place between pixels, bilinear. */
function levelAt({ rows, columns, values }: Levels, y: number, x: number): number {
  const [i, j] = [clamp(y, 0, rows - 1), clamp(x, 0, columns - 1)]
  const [top, left] = [Math.floor(i), Math.floor(j)]
  const [below, right] = [Math.min(rows - 1, top + 1), Math.min(columns - 1, left + 1)]
  const [a, b] = [i - top, j - left]
  const row = (r: number) => (1 - b) * values[r * columns + left]! + b * values[r * columns + right]!
  return (1 - a) * row(top) + a * row(below)
}

/** An image whose pixel (i, j) is taken from the place `from(i, j)`. */
const moved = (image: Levels, from: (i: number, j: number) => [y: number, x: number]): Float64Array =>
  image.values.map((_, at) => levelAt(image, ...from(Math.floor(at / image.columns), at % image.columns)))

/** A standard normal number (Box & Muller 1958). */
const normal = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance.uniform())) * Math.cos(2 * Math.PI * chance.uniform())

function blur({ rows, columns, values }: Levels, strength: number): Float64Array {
  const sigma = strength * Math.min(rows, columns)
  const radius = Math.ceil(3 * sigma)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * sigma ** 2)),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  /** Each level as the weighted mean of those around it along one axis: `at` has the place of the one `k` away. */
  const along = (from: Float64Array, at: (i: number, j: number, k: number) => number): Float64Array => {
    const out = new Float64Array(from.length)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let sum = 0
        for (let k = -radius; k <= radius; k++) sum += weights[k + radius]! * from[at(i, j, k)]!
        out[i * columns + j] = sum / total
      }
    return out
  }
  const across = along(values, (i, j, k) => i * columns + clamp(j + k, 0, columns - 1))
  return along(across, (i, j, k) => clamp(i + k, 0, rows - 1) * columns + j)
}

function rotation(image: Levels, degrees: number, chance: Chance): Float64Array {
  const angle = ((chance.below(2) === 0 ? 1 : -1) * degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [y, x] = [(image.rows - 1) / 2, (image.columns - 1) / 2]
  return moved(image, (i, j) => [y + cos * (i - y) - sin * (j - x), x + sin * (i - y) + cos * (j - x)])
}

function occlusion({ rows, columns, values }: Levels, strength: number, chance: Chance): Float64Array {
  const [height, width] = [Math.round(strength * rows), Math.round(strength * columns)]
  const [top, left] = [chance.below(rows - height + 1), chance.below(columns - width + 1)]
  return values.map((value, at) => {
    const [i, j] = [Math.floor(at / columns) - top, (at % columns) - left]
    return i >= 0 && i < height && j >= 0 && j < width ? 0.5 : value
  })
}

function shift(image: Levels, strength: number, chance: Chance): Float64Array {
  const angle = 2 * Math.PI * chance.uniform()
  const [dy, dx] = [strength * image.rows * Math.sin(angle), strength * image.columns * Math.cos(angle)]
  return moved(image, (i, j) => [i - dy, j - dx])
}

const filters: Record<FilterId, Filter> = {
  noise: ({ values }, strength, chance) =>
    values.map((value) => clamp(value + strength * normal(chance), 0, 1)),
  blur,
  contrast: ({ values }, strength) => values.map((value) => 0.5 + strength * (value - 0.5)),
  inversion: ({ values }, strength) => values.map((value) => value + strength * (1 - 2 * value)),
  rotation,
  occlusion,
  shift,
}

const stream = 0x66696c74

/** The image under a filter, as gray levels 0 to 255; its random numbers depend on the number of the image alone. */
export function filtered(
  id: FilterId,
  strength: number,
  { rows, columns, pixels }: { rows: number; columns: number; pixels: Uint8Array },
  index: number,
): Uint8Array {
  const values = Float64Array.from(pixels, (level) => level / 255)
  const chance = randomStream({ seed: [stream, 0], step: index }, stream)
  return Uint8Array.from(filters[id]({ rows, columns, values }, strength, chance), (value) =>
    Math.round(255 * clamp(value, 0, 1)),
  )
}
