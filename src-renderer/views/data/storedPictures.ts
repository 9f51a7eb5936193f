// The first pictures of a data set of images or frames, from the beginning of its stored text. Pure.
import type { GrayImage, GrayImages } from '@contract/run.ts'

const mostPictures = 12
/** Gray levels of a picture that is shown, one hexadecimal digit per pixel. */
const levels = 16

interface Header {
  rows: number
  columns: number
}

/** The size in the first line of the stored text; undefined for other texts. */
function headerOf(line: string): Header | undefined {
  try {
    const { rows, columns } = JSON.parse(line) as Partial<Header>
    return Number.isInteger(rows) && Number.isInteger(columns)
      ? { rows: rows!, columns: columns! }
      : undefined
  } catch {
    return undefined
  }
}

/** Gray levels of base64 whose end may be missing. */
const pixelsOf = (base64: string): string => {
  const whole = base64.replace(/=+$/, '').slice(0, base64.length - (base64.length % 4))
  return Array.from(atob(whole), (byte) => (byte.charCodeAt(0) >> 4).toString(16)).join('')
}

/** The whole pictures in the beginning of a stored text: of each line its image, or its frames in order; undefined for other texts. */
export function storedPictures(beginning: string): GrayImages | undefined {
  const [first = '', ...lines] = beginning.split('\n')
  const header = headerOf(first)
  if (!header) return undefined
  const { rows, columns } = header
  const pictures = lines.flatMap((line): GrayImage[] => {
    const [label = '', base64 = ''] = line.split('\t')
    const pixels = pixelsOf(base64)
    const count = Math.floor(pixels.length / (rows * columns))
    return Array.from({ length: count }, (_, i) => ({
      pixels: pixels.slice(i * rows * columns, (i + 1) * rows * columns),
      ...(label !== '' && { caption: label }),
    }))
  })
  return pictures.length > 0
    ? { rows, columns, levels, pictures: pictures.slice(0, mostPictures) }
    : undefined
}
