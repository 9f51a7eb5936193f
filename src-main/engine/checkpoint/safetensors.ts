// The safetensors container: 8 bytes of header length, a JSON header, raw tensors. Input is untrusted: every size is validated before memory
// is allocated. Contains nothing about models.
import { quotable, UnrollError, type ErrorCode } from '../../contract/errors.ts'

/** A tensor in row-major order. */
export interface Tensor {
  shape: number[]
  data: Float32Array | Float64Array
}
/** The content of a safetensors file. */
export interface TensorFile {
  tensors: Map<string, Tensor>
  metadata: Record<string, string>
}

const maxHeader = 100_000_000
const bytesOf: Record<string, number> = { F32: 4, F64: 8 }
const otherTypes = [
  'BOOL',
  'U8',
  'I8',
  'F8_E4M3',
  'F8_E5M2',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'I64',
  'U64',
]

const fail = (code: ErrorCode, message: string, offset?: number): never => {
  throw new UnrollError(code, `model file: ${message}`, offset === undefined ? undefined : { offset })
}

/** Encodes tensors and metadata as one file; the header is padded so that the data begins at a multiple of 8 bytes. */
export function writeTensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  // 8-byte types first, so that every tensor is aligned.
  const order = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  for (const [name, { shape, data }] of order) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32'
    header[name] = { dtype, shape, data_offsets: [end, (end += data.byteLength)] }
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(text, 8)
  let at = 8 + length
  for (const [, { data }] of order) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Decodes a file. Throws E_MODEL_FORMAT, E_MODEL_CHECKSUM, E_MODEL_HEADER, E_MODEL_DTYPE, E_MODEL_SHAPE or E_MODEL_OFFSETS; allocates
 * nothing by a size in the file that is not validated.
 */
export function readTensors(bytes: Uint8Array): TensorFile {
  refuseOtherFormats(bytes)
  const { text, start } = headerText(bytes)
  const header = parseHeader(text)
  const size = bytes.length - start
  const tensors = new Map<string, Tensor>()
  const spans: { name: string; from: number; to: number }[] = []
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') metadata = checkMetadata(entry)
    else spans.push(checkEntry(name, entry, size, start))
  }
  checkCoverage(spans, size)
  for (const { name, from, to } of spans) {
    const { dtype, shape } = header[name] as { dtype: string; shape: number[] }
    // Not bytes.slice: for a Node Buffer it returns a view, not a copy.
    const copy = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer
    tensors.set(name, { shape, data: dtype === 'F64' ? new Float64Array(copy) : new Float32Array(copy) })
  }
  return { tensors, metadata }
}

function refuseOtherFormats(bytes: Uint8Array): void {
  const starts = (...magic: number[]) => magic.every((byte, i) => bytes[i] === byte)
  const unsafe = 'can run code when it is read and is not supported. Save the weights as safetensors.'
  if (bytes.length > 0 && bytes.every((byte) => byte === 0))
    fail('E_MODEL_CHECKSUM', 'every byte is zero: writing the file was not completed.')
  // A JSON header begins here, so the first bytes are its length even if they equal another format's magic number (0x0480, for instance).
  if (bytes[8] === 0x7b) return
  if (starts(0x50, 0x4b, 3, 4))
    fail('E_MODEL_FORMAT', `this is a zip archive (.pt, .pth or .keras); the pickle in it ${unsafe}`)
  if (starts(0x80, 2) || starts(0x80, 3) || starts(0x80, 4) || starts(0x80, 5))
    fail('E_MODEL_FORMAT', `this is a Python pickle; pickle ${unsafe}`)
  if (starts(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59))
    fail('E_MODEL_FORMAT', `this is a .npy array, whose object type is a pickle that ${unsafe}`)
  if (starts(0x89, 0x48, 0x44, 0x46))
    fail('E_MODEL_FORMAT', 'this is HDF5 (.h5), which is not supported. Save the weights as safetensors.')
}

function headerText(bytes: Uint8Array): { text: string; start: number } {
  if (bytes.length < 10)
    fail('E_MODEL_HEADER', `${bytes.length} bytes are too few for a safetensors header.`, 0)
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length < 2n || length > BigInt(maxHeader))
    fail('E_MODEL_HEADER', `header length ${length} is outside 2..${maxHeader}.`, 0)
  if (length > BigInt(bytes.length - 8))
    fail('E_MODEL_HEADER', `header length ${length} is more than the ${bytes.length} bytes of the file.`, 0)
  const start = 8 + Number(length)
  if (bytes[8] !== 0x7b) fail('E_MODEL_HEADER', 'the header does not begin with "{".', 8)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)), start }
  } catch {
    return fail('E_MODEL_HEADER', 'the header is not UTF-8.', 8)
  }
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (error) {
    fail(
      'E_MODEL_HEADER',
      `the header is not JSON: ${error instanceof Error ? error.message : ''}`.slice(0, 200),
      8,
    )
  }
  const seen = new Set<string>()
  for (const { key, offset } of topLevelKeys(text)) {
    if (seen.has(key)) fail('E_MODEL_HEADER', `the header has the key "${quotable(key)}" twice.`, 8 + offset)
    seen.add(key)
  }
  return header as Record<string, unknown>
}

/** Keys of the outermost object of valid JSON text with their offsets, duplicates included, which JSON.parse would hide. */
function* topLevelKeys(text: string): Generator<{ key: string; offset: number }> {
  const colon = /\s*:/y
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '{' || c === '[') depth++
    else if (c === '}' || c === ']') depth--
    else if (c === '"') {
      const from = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      colon.lastIndex = i + 1
      if (depth === 1 && colon.test(text))
        yield { key: JSON.parse(text.slice(from, i + 1)) as string, offset: from }
    }
  }
}

function checkMetadata(entry: unknown): Record<string, string> {
  const fits =
    typeof entry === 'object' && entry !== null && Object.values(entry).every((v) => typeof v === 'string')
  return fits
    ? { ...(entry as Record<string, string>) }
    : fail('E_MODEL_HEADER', '__metadata__ must map names to texts.', 8)
}

function checkEntry(name: string, entry: unknown, size: number, start: number) {
  const {
    dtype,
    shape,
    data_offsets: span,
  } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown }
  const width = typeof dtype === 'string' && Object.hasOwn(bytesOf, dtype) ? bytesOf[dtype]! : 0
  if (width === 0) {
    const type = typeof dtype === 'string' ? dtype : 'no text'
    const known = otherTypes.includes(type) ? 'an unsupported type' : 'an unknown type'
    fail(
      'E_MODEL_DTYPE',
      `tensor "${quotable(name)}" has ${known}: ${quotable(type)}. Expected little-endian F32 or F64.`,
    )
  }
  const whole = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0
  if (!Array.isArray(shape) || !shape.every(whole) || shape.length > 8)
    fail('E_MODEL_SHAPE', `tensor "${quotable(name)}" has no valid shape.`)
  const count = (shape as number[]).reduce((n, d) => n * d, 1)
  if (!Number.isSafeInteger(count * width))
    fail(
      'E_MODEL_SHAPE',
      `tensor "${quotable(name)}": the product of its shape (${String(shape)}) overflows.`,
    )
  if (!Array.isArray(span) || span.length !== 2 || !span.every(whole))
    fail('E_MODEL_OFFSETS', `tensor "${quotable(name)}" has no valid data_offsets.`)
  const [from, to] = span as [number, number]
  if (from > to || to > size)
    fail(
      'E_MODEL_OFFSETS',
      `tensor "${quotable(name)}": bytes ${from}..${to} are not within the ${size} bytes of data.`,
    )
  if (to - from !== count * width)
    fail(
      'E_MODEL_SHAPE',
      `tensor "${quotable(name)}": shape (${String(shape)}) needs ${count * width} bytes, data_offsets give ${to - from}.`,
    )
  if ((start + from) % width !== 0)
    fail(
      'E_MODEL_DTYPE',
      `tensor "${quotable(name)}": data at byte ${start + from} is not aligned to ${width}.`,
    )
  return { name, from, to }
}

/** Checks that tensors cover the data exactly: no gap, no overlap, no trailing bytes. */
function checkCoverage(spans: { name: string; from: number; to: number }[], size: number): void {
  let end = 0
  for (const { name, from, to } of [...spans].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end)
      fail(
        'E_MODEL_OFFSETS',
        `tensor "${quotable(name)}" begins at byte ${from} of the data; expected ${end} (${from < end ? 'overlap' : 'gap'}).`,
      )
    end = to
  }
  if (end !== size) {
    const last = spans.at(-1)?.name ?? 'none'
    fail('E_MODEL_OFFSETS', `${size - end} bytes follow the last tensor ("${quotable(last)}").`)
  }
}
