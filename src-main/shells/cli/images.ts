// Small grey images as block characters, side by side: half blocks in grey levels on terminals with colours, else shades of two characters
// per pixel.
import type { ImageSignals } from '../../contract/inspect.ts'
import type { GrayImage, GrayImages } from '../../contract/run.ts'
import { largest } from '../../contract/longLists.ts'
import { figure } from './format.ts'
import { escapeControls } from '../escapeControls.ts'
import type { Colors } from './output.ts'

const shades = ' ░▒▓█'
const gap = '  '

/** Escape code of a grey level 0..1: 24-bit, or one of the 24 greys of the 256 colours. */
const gray = (value: number, colors: Colors): string => {
  const byte = Math.round(value * 255)
  return colors === 24 ? `2;${byte};${byte};${byte}` : `5;${232 + Math.round(value * 23)}`
}

function linesOf({ pixels }: GrayImage, { rows, columns, levels }: GrayImages, colors: Colors): string[] {
  const value = (i: number, j: number): number =>
    i < rows ? parseInt(pixels[i * columns + j] ?? '0', 16) / (levels - 1) : 0
  if (colors === 0) {
    return Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => shades[Math.round(4 * value(i, j))]!.repeat(2)).join(''),
    )
  }
  return Array.from({ length: Math.ceil(rows / 2) }, (_, i) => {
    const halves = Array.from({ length: columns }, (_, j) => {
      const [top, bottom] = [value(2 * i, j), value(2 * i + 1, j)]
      return `\u001b[38;${gray(top, colors)};48;${gray(bottom, colors)}m▀`
    })
    return `${halves.join('')}\u001b[0m`
  })
}

const captionOf = ({ caption, given, wrong }: GrayImage): string =>
  caption === undefined
    ? given
      ? `upper ${given} rows given`
      : ''
    : `${wrong ? '✗ ' : ''}${escapeControls(caption)}`

/** All images with their captions. */
export function imageLines(
  pictures: GrayImages,
  { colors, columns }: { colors: Colors; columns: number },
): string[] {
  const width = pictures.columns * (colors === 0 ? 2 : 1)
  const captions = pictures.pictures.map(captionOf)
  const pitch = Math.max(width, largest(captions.map((text) => [...text].length)))
  const abreast = Math.max(1, Math.floor((columns + gap.length) / (pitch + gap.length)))
  const rest = ' '.repeat(pitch - width)
  const lines: string[] = []
  for (let from = 0; from < pictures.pictures.length; from += abreast) {
    const drawn = pictures.pictures
      .slice(from, from + abreast)
      .map((picture) => linesOf(picture, pictures, colors))
    drawn[0]!.forEach((_, i) => lines.push(drawn.map((each) => each[i]! + rest).join(gap)))
    const said = captions.slice(from, from + abreast)
    if (said.some(Boolean))
      lines.push(
        said
          .map((text) => text + ' '.repeat(pitch - [...text].length))
          .join(gap)
          .trimEnd(),
      )
    lines.push('')
  }
  return lines.slice(0, -1)
}

/** An image and the map of one of its units (if undefined, the one that varies most), both in 16 greys: black is `lo`, white is `hi`. */
export function signalImage(seen: ImageSignals, unit = widest(seen)): GrayImages {
  const { picture, values, lo, hi } = seen
  const places = picture.rows * picture.columns
  const hex = (share: number) => Math.round(15 * Math.min(1, Math.max(0, share))).toString(16)
  const own = Array.from(values.subarray(unit * places, (unit + 1) * places), (v) =>
    hex((v - lo) / (hi - lo)),
  )
  const grays = Array.from(picture.pictures[0]!.pixels, (level) =>
    hex(parseInt(level, 16) / (picture.levels - 1)),
  )
  const caption = `unit ${unit}, ${seen.signal} from ${figure(lo)} to ${figure(hi)}, ${seen.directions[seen.direction]}`
  return { ...picture, levels: 16, pictures: [{ pixels: grays.join('') }, { pixels: own.join(''), caption }] }
}

function widest({ units, values, picture }: ImageSignals): number {
  const places = picture.rows * picture.columns
  const spreads = Array.from({ length: units }, (_, unit) => {
    const own = values.subarray(unit * places, (unit + 1) * places)
    const mean = own.reduce((s, v) => s + v, 0) / places
    return own.reduce((s, v) => s + (v - mean) ** 2, 0)
  })
  return spreads.indexOf(largest(spreads))
}
