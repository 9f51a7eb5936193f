// Reads arrays of numbers that NumPy saved (.npy, format 1 to 3). Arrays of objects, texts and complex numbers are refused; nothing is evaluated.
import { formatError } from '../foreign.ts'

/** Numbers in C order (the last index changes fastest). */
export interface NpyArray {
  shape: number[]
  values: Uint8Array | Float64Array
  /** The type of the stored numbers. */
  kind: 'bool' | 'integer' | 'float'
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const maxHeader = 1 << 16
const maxDimensions = 8

export const isNpy = (head: Uint8Array): boolean => magic.every((byte, i) => head[i] === byte)

type Get = (view: DataView, at: number, little: boolean) => number
const readers: Record<string, { bytes: number; kind: NpyArray['kind']; get: Get }> = {
  b1: { bytes: 1, kind: 'bool', get: (v, at) => v.getUint8(at) },
  u1: { bytes: 1, kind: 'integer', get: (v, at) => v.getUint8(at) },
  i1: { bytes: 1, kind: 'integer', get: (v, at) => v.getInt8(at) },
  u2: { bytes: 2, kind: 'integer', get: (v, at, l) => v.getUint16(at, l) },
  i2: { bytes: 2, kind: 'integer', get: (v, at, l) => v.getInt16(at, l) },
  u4: { bytes: 4, kind: 'integer', get: (v, at, l) => v.getUint32(at, l) },
  i4: { bytes: 4, kind: 'integer', get: (v, at, l) => v.getInt32(at, l) },
  u8: { bytes: 8, kind: 'integer', get: (v, at, l) => Number(v.getBigUint64(at, l)) },
  i8: { bytes: 8, kind: 'integer', get: (v, at, l) => Number(v.getBigInt64(at, l)) },
  f4: { bytes: 4, kind: 'float', get: (v, at, l) => v.getFloat32(at, l) },
  f8: { bytes: 8, kind: 'float', get: (v, at, l) => v.getFloat64(at, l) },
}

/** Throws E_DATA_FORMAT for a damaged file, a header that does not fit it, or a type that is not read; with the name of the file. */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const fault = (message: string) => formatError(`${name}: ${message}`)
  if (!isNpy(bytes) || bytes.length < 12) throw fault('this is no .npy file, or its header is cut.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wide = bytes[6]! >= 2
  const begin = wide ? 12 : 10
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true)
  if (length > maxHeader || begin + length > bytes.length)
    throw fault('its header is cut or damaged. Copy the file again.')
  const header = new TextDecoder('latin1').decode(bytes.subarray(begin, begin + length))
  const type = /'descr':\s*'([<>|=]?)(\w+)'/.exec(header)
  const order = /'fortran_order':\s*(True|False)/.exec(header)
  const list = /'shape':\s*\(([\d\s,]*)\)/.exec(header)
  if (!order || !list) throw fault('its header is damaged. Save the array again.')
  const reader = type ? readers[type[2]!] : undefined
  if (!type || !reader)
    throw fault(
      `its numbers have the type ${type ? type[2]!.slice(0, 20) : 'of a record'}; save it as unsigned bytes or floats: array.astype('uint8').`,
    )
  const shape = list[1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const count = shape.reduce((n, d) => n * d, 1)
  const found = bytes.length - begin - length
  if (shape.length > maxDimensions || count * reader.bytes !== found)
    throw fault(
      `its header says ${shape.join(' x ') || '1'} numbers of ${reader.bytes} bytes, and ${found.toLocaleString('en')} bytes follow. The file is ${found < count * reader.bytes ? 'cut' : 'damaged'}; save it again.`,
    )
  if (count === 0) throw fault('the array is empty.')
  const at = begin + length
  const isFortran = order[1] === 'True' && shape.length > 1
  if (type[2] === 'u1' && !isFortran) return { shape, values: bytes.subarray(at), kind: 'integer' }
  const little = type[1] !== '>'
  const values = new Float64Array(count)
  const place = isFortran ? fromFortran(shape) : (i: number) => i
  for (let i = 0; i < count; i++) values[place(i)] = reader.get(view, at + i * reader.bytes, little)
  return { shape, values, kind: reader.kind }
}

/** The place in C order of element `i` in Fortran order (the first index changes fastest). */
function fromFortran(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((n, size) => n * size, 1))
  return (i) => {
    let [rest, at] = [i, 0]
    for (let d = 0; d < shape.length; d++) {
      at += (rest % shape[d]!) * strides[d]!
      rest = Math.floor(rest / shape[d]!)
    }
    return at
  }
}
