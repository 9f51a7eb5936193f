// Reads PNG and JPEG files as gray levels. Animated PNG gives its first frame; other files are refused.
import { decode as decodePng } from 'fast-png'
import jpeg from 'jpeg-js'
import { formatError } from '../foreign.ts'
import { grayOf, type GrayPixels } from './pixels.ts'

/** Pixels of a file, at most. */
const maxPixels = 2 ** 26

const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
export const isPng = (head: Uint8Array): boolean => pngStart.every((byte, i) => head[i] === byte)
export const isJpeg = (head: Uint8Array): boolean => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff

/** Throws E_DATA_FORMAT with the name of a file that is no image or is damaged. */
export function readRaster(bytes: Uint8Array, name: string): GrayPixels {
  const fault = (message: string) => formatError(`${name}: ${message}`)
  if (isPng(bytes)) return readPng(bytes, fault)
  if (isJpeg(bytes)) return readJpeg(bytes, fault)
  throw fault('this is neither a PNG nor a JPEG image, whatever its name says.')
}

type Fault = (message: string) => Error
const damaged = (error: unknown) =>
  `the image is damaged or cut (${(error as Error).message.slice(0, 100)}). Copy it again.`

function readPng(bytes: Uint8Array, fault: Fault): GrayPixels {
  if (bytes.length < 33) throw fault('the image is cut. Copy it again.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [columns, rows] = [view.getUint32(16), view.getUint32(20)]
  if (columns * rows > maxPixels || columns * rows === 0)
    throw fault(
      `it says that it has ${rows} x ${columns} pixels; up to ${maxPixels.toLocaleString('en')} are read.`,
    )
  try {
    const png = decodePng(bytes)
    const data = png.depth < 8 ? unpacked(png.data, rows, columns, png.depth) : png.data
    const { palette } = png
    if (palette) {
      const channels = palette[0]!.length
      const levels = palette.map((colour) => grayOf(colour, channels, 255, 1)[0]!)
      return { rows, columns, pixels: Uint8Array.from(data, (index) => levels[index] ?? 0) }
    }
    return { rows, columns, pixels: grayOf(data, png.channels, 2 ** png.depth - 1, rows * columns) }
  } catch (error) {
    throw fault(damaged(error))
  }
}

/** Gray levels or indices of fewer than 8 bits, of rows that begin at whole bytes. */
function unpacked(data: ArrayLike<number>, rows: number, columns: number, depth: number): Uint8Array {
  const perByte = 8 / depth
  const rowBytes = Math.ceil(columns / perByte)
  return Uint8Array.from({ length: rows * columns }, (_, i) => {
    const column = i % columns
    const byte = data[Math.floor(i / columns) * rowBytes + Math.floor(column / perByte)]!
    return (byte >> (8 - depth * ((column % perByte) + 1))) & (2 ** depth - 1)
  })
}

function readJpeg(bytes: Uint8Array, fault: Fault): GrayPixels {
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: maxPixels / 2 ** 20,
      maxMemoryUsageInMB: 1024,
    })
    return { rows: height, columns: width, pixels: grayOf(data, 4, 255, width * height) }
  } catch (error) {
    throw fault(damaged(error))
  }
}
