// Images and frames from arrays of numbers: which form an array can take, and its values as gray levels.
import type { Warning } from '../../../contract/errors.ts'
import type { DataForm, ImportSettings } from '../../../contract/importing.ts'
import { keyCount } from '../../../contract/music/pieces.ts'
import { maxSide, writeFrames, writeImages, type ImageSet } from '../../formats/imageText.ts'
import { musicOfArray } from '../../formats/pianoRoll.ts'
import { formatError, noteOf, type ConvertedEnd } from '../foreign.ts'
import { grayOf } from './pixels.ts'

/** Numbers in C order. */
export interface NumberArray {
  shape: readonly number[]
  values: Uint8Array | Float64Array
  kind: 'bool' | 'integer' | 'float'
}

const isMusicWidth = (width: number | undefined): boolean => width === keyCount || width === 128
const squareSide = (size: number): number => (Number.isInteger(Math.sqrt(size)) ? Math.sqrt(size) : 0)

/** The forms that an array can be turned into, the likeliest first; none for other shapes. */
export function formsOfArray({ shape }: Pick<NumberArray, 'shape'>): DataForm[] {
  const last = shape.at(-1)
  if (shape.length === 2)
    return [
      ...(isMusicWidth(last) ? (['music'] as const) : []),
      ...(squareSide(last!) > 1 ? (['images'] as const) : []),
    ]
  if (shape.length === 3)
    return isMusicWidth(last) && last !== shape[1] ? ['music', 'images'] : ['images', 'frames']
  if (shape.length === 4) return last! <= 4 ? ['images'] : ['frames']
  return shape.length === 5 && last! <= 4 ? ['frames'] : []
}

/** Values as gray levels 0 to 255: bytes as they are, floats from 0 to 1 as fractions of white, others from their least to their largest. */
function levelsOf(
  { values, kind }: NumberArray,
  name: string,
): { levels: ArrayLike<number>; notes: Warning[] } {
  if (values instanceof Uint8Array) return { levels: values, notes: [] }
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value))
      throw formatError(`${name}: number ${i + 1} is ${value}, which is no gray level.`)
    if (value < low) low = value
    if (value > high) high = value
  }
  const isFraction = kind !== 'integer' && low >= 0 && high <= 1
  if (!isFraction && low >= 0 && high <= 255 && values.every(Number.isInteger))
    return { levels: values, notes: [] }
  const [from, to] = isFraction ? [0, 1] : [low, high]
  const scale = to > from ? 255 / (to - from) : 0
  const notes = isFraction
    ? []
    : [noteOf(`${name}: values from ${low} to ${high} became gray levels from 0 to 255.`)]
  return { levels: Uint8Array.from(values, (value) => Math.round(scale * (value - from))), notes }
}

/** N images of an array of shape (N, rows, columns), (N, rows, columns, channels) or (N, side * side), without classes. Throws E_DATA_FORMAT. */
export function imagesOfArray(array: NumberArray, name: string): { set: ImageSet; notes: Warning[] } {
  const { shape } = array
  const side = shape.length === 2 ? squareSide(shape[1]!) : 0
  const [count, rows, columns, channels = 1] = side ? [shape[0]!, side, side] : shape
  if (columns === undefined || shape.length > 4 || channels > 4) throw unfit(name, shape, 'images')
  refuseSides(name, rows!, columns)
  const { levels, notes } = levelsOf(array, name)
  const pixels =
    channels === 1 && levels instanceof Uint8Array
      ? levels
      : grayOf(levels, channels, 255, count! * rows! * columns)
  const labels = new Int32Array(count!).fill(-1)
  return { set: { rows: rows!, columns, classes: [], labels, pixels }, notes }
}

const unfit = (name: string, shape: readonly number[], form: string) =>
  formatError(
    `${name}: an array of shape (${shape.join(', ')}) holds no ${form}; images have (N, rows, columns), frames (N, frames, rows, columns).`,
  )

function refuseSides(name: string, rows: number, columns: number): void {
  if (rows > maxSide || columns > maxSide)
    throw formatError(
      `${name}: images of ${rows} x ${columns} pixels; up to ${maxSide} rows and columns are read.`,
    )
}

/** Sequences up to this long whose array has ten times as many along its second index are stored frames first. */
const framesFirst = { frames: 64, ratio: 10 }

/** Sequences of frames of an array of shape (T, rows, columns), (N, T, rows, columns) or with channels behind them, as the stored form. */
function framesOfArray(array: NumberArray, name: string): ConvertedEnd {
  const shape = array.shape.length === 3 ? [1, ...array.shape] : array.shape
  const [first, second, rows, columns, channels = 1] = shape
  if (columns === undefined || channels > 4) throw unfit(name, array.shape, 'frames')
  refuseSides(name, rows!, columns)
  const { levels, notes } = levelsOf(array, name)
  const size = rows! * columns
  const all = grayOf(levels, channels, 255, first! * second! * size)
  const isTransposed = first! <= framesFirst.frames && first! > 1 && second! >= framesFirst.ratio * first!
  const [count, frames] = isTransposed ? [second!, first!] : [first!, second!]
  const frameAt = (n: number, t: number) => {
    const at = (isTransposed ? t * count + n : n * frames + t) * size
    return all.subarray(at, at + size)
  }
  const sequences = Array.from({ length: count }, (_, n) => {
    const pixels = new Uint8Array(frames * size)
    for (let t = 0; t < frames; t++) pixels.set(frameAt(n, t), t * size)
    return pixels
  })
  const say = isTransposed
    ? [noteOf(`${name}: read as ${count} sequences of ${frames} frames, frames first.`)]
    : []
  return { text: writeFrames({ rows: rows!, columns, sequences }), notes: [...notes, ...say] }
}

/** An array as the stored form of these settings. Throws E_DATA_FORMAT. */
export function convertArray(array: NumberArray, name: string, { as }: ImportSettings): ConvertedEnd {
  if (as === 'music') {
    const { text, warnings } = musicOfArray(array.values, array.shape, name)
    return { text, notes: warnings }
  }
  if (as === 'frames') return framesOfArray(array, name)
  if (as !== 'images') throw formatError(`${name}: an array can become images, frames or music, not ${as}.`)
  const { set, notes } = imagesOfArray(array, name)
  return { text: writeImages(set), notes: [...notes, withoutClasses] }
}

/** Said of images that come alone. */
export const withoutClasses = noteOf(
  'the images have no classes. To classify them, import a folder or ZIP with the file of labels beside them, or with a folder per class.',
)
