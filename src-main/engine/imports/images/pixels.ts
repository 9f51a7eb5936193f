// Gray levels of images that are read from files: luminance of colours, sizes made equal by area averages.
import { formatError } from '../foreign.ts'

/** One image: gray levels (rows, columns), 0 black to 255 white. */
export interface GrayPixels {
  rows: number
  columns: number
  pixels: Uint8Array
}

/** Luminance of red, green and blue (ITU-R BT.601), of the range of its arguments. */
const luminance = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b

/** Gray levels of pixels with 1 to 4 channels of 0 to `most`: gray, gray and alpha, RGB, RGB and alpha. Transparent pixels lie on white. */
export function grayOf(data: ArrayLike<number>, channels: number, most: number, count: number): Uint8Array {
  const scale = 255 / most
  const hasAlpha = channels === 2 || channels === 4
  return Uint8Array.from({ length: count }, (_, i) => {
    const at = i * channels
    const level = channels < 3 ? data[at]! : luminance(data[at]!, data[at + 1]!, data[at + 2]!)
    const alpha = hasAlpha ? data[at + channels - 1]! / most : 1
    return Math.round(scale * (alpha * level + (1 - alpha) * most))
  })
}

/** For each of `to` places the first and last place of `from` that it covers, and their shares. */
function coverage(from: number, to: number) {
  return Array.from({ length: to }, (_, i) => {
    const [begin, end] = [(i * from) / to, ((i + 1) * from) / to]
    const first = Math.floor(begin)
    const last = Math.min(from - 1, Math.ceil(end - 1e-9) - 1)
    const shares = Array.from(
      { length: last - first + 1 },
      (_place, k) => (Math.min(end, first + k + 1) - Math.max(begin, first + k)) / (end - begin),
    )
    return { first, shares }
  })
}

/** The image in another size: each pixel is the mean of the area that it covers. */
export function resized(image: GrayPixels, rows: number, columns: number): GrayPixels {
  if (image.rows === rows && image.columns === columns) return image
  const across = coverage(image.columns, columns)
  const down = coverage(image.rows, rows)
  const pixels = new Uint8Array(rows * columns)
  down.forEach((y, i) =>
    across.forEach((x, j) => {
      let sum = 0
      y.shares.forEach((a, k) => {
        const row = (y.first + k) * image.columns + x.first
        x.shares.forEach((b, l) => (sum += a * b * image.pixels[row + l]!))
      })
      pixels[i * columns + j] = Math.round(sum)
    }),
  )
  return { rows, columns, pixels }
}

/** Rows and columns in a setting such as "28x28". Throws E_DATA_FORMAT. */
export function readSize(size: string): { rows: number; columns: number } {
  const [rows, columns] = size.split('x').map(Number) as [number, number]
  if (!(rows >= 1 && columns >= 1))
    throw formatError(`size: ${size} is no size such as 28x28 (rows x columns).`)
  return { rows, columns }
}
