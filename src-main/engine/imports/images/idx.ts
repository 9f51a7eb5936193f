// Reads IDX files, the format of the MNIST digits (LeCun): a magic number, big-endian sizes, then unsigned bytes. Other types of numbers are refused.
import { formatError } from '../foreign.ts'

/** Unsigned bytes with their shape. */
export interface IdxArray {
  shape: number[]
  values: Uint8Array
}

/** Type code of unsigned bytes. */
const unsignedByte = 0x08
const types: Record<number, string> = {
  9: 'signed bytes',
  11: 'short integers',
  12: 'integers',
  13: 'floats',
  14: 'doubles',
}

/** Whether bytes begin as an IDX file of 1 or 3 dimensions does. */
export const isIdx = (head: Uint8Array): boolean =>
  head.length >= 8 &&
  head[0] === 0 &&
  head[1] === 0 &&
  (head[2] === unsignedByte || types[head[2]!] !== undefined) &&
  head[3]! >= 1 &&
  head[3]! <= 4

/** Throws E_DATA_FORMAT for a header that does not fit the file, with the name of the file. */
export function readIdx(bytes: Uint8Array, name: string): IdxArray {
  const fault = (message: string) => formatError(`${name}: ${message}`)
  if (!isIdx(bytes))
    throw fault('this is no IDX file: its first bytes are not 00 00, a type and a number of dimensions.')
  if (bytes[2] !== unsignedByte) throw fault(`it holds ${types[bytes[2]!]}; only unsigned bytes are read.`)
  const dimensions = bytes[3]!
  const header = 4 + 4 * dimensions
  if (bytes.length < header) throw fault('the header is cut. Copy the file again.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i, false))
  const wanted = shape.reduce((n, d) => n * d, 1)
  const found = bytes.length - header
  if (wanted !== found)
    throw fault(
      `the header says ${shape.join(' x ')} = ${wanted.toLocaleString('en')} bytes, and ${found.toLocaleString('en')} follow. The file is ${found < wanted ? 'cut' : 'damaged'}; copy it again.`,
    )
  if (wanted === 0) throw fault('it is empty.')
  return { shape, values: bytes.subarray(header) }
}
