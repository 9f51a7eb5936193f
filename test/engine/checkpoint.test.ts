// Model files: what is refused, with which code; what comes back is what was saved. Any bytes give a value or an UnrollError.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { writeCheckpoint } from '../../src-main/engine/checkpoint/write.ts'
import { crc32 } from '../../src-main/engine/checkpoint/crc.ts'
import {
  exportWeights,
  openModel,
  openTraining,
  readCheckpoint,
  sampleText,
} from '../../src-main/engine/index.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { readTensors, writeTensors } from '../../src-main/engine/checkpoint/safetensors.ts'

const executor = referenceExecutor()
const text = 'round and round the ragged rock the ragged rascal ran. '.repeat(3)
const config = parseConfig({
  seed: 5,
  model: { cell: 'lstm', hidden: 4, embedding: 3 },
  train: { window: 6, batch: 2, steps: 4 },
  logging: { sampleEvery: 0 },
}) as RunConfig
const training = openTraining({ config, text }, executor)
for (const event of training.events()) void event
const good = training.checkpoint()

const codeOf = (run: () => unknown): string => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (error instanceof UnrollError) return error.code
    throw error
  }
}
/** A file from a header (text or JSON value) and `size` bytes of data; `length` overrides the header length. */
function file(header: unknown, size = 0, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const bytes = Buffer.alloc(8 + Buffer.byteLength(text) + size)
  bytes.writeBigUInt64LE(length ?? BigInt(Buffer.byteLength(text)))
  bytes.write(text, 8)
  return bytes
}
const f32 = (shape: unknown, span: unknown, dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: span })
/** Headers are padded so that data is aligned. */
const padded = (header: unknown, size: number) => {
  const text = JSON.stringify(header)
  return file(text.padEnd(Math.ceil(text.length / 8) * 8), size)
}

const hostile: [name: string, code: string, bytes: Uint8Array][] = [
  ['nothing', 'E_MODEL_HEADER', new Uint8Array(0)],
  ['header length 2^64-1', 'E_MODEL_HEADER', file('{}', 8, 2n ** 64n - 1n)],
  ['header length 0', 'E_MODEL_HEADER', file('{"a":1}', 8, 0n)],
  ['header longer than the file', 'E_MODEL_HEADER', file('{}', 0, 99n)],
  ['header over the limit', 'E_MODEL_HEADER', file('{}', 0, 100_000_001n)],
  ['header not UTF-8', 'E_MODEL_HEADER', Buffer.concat([file('', 0, 4n), Buffer.from([0x7b, 0xff, 0xfe, 0x7d])])],
  ['header not JSON', 'E_MODEL_HEADER', file('{"a": nope }')],
  ['header not an object', 'E_MODEL_HEADER', file('[1,2,3]')],
  ['header nested deeply', 'E_MODEL_HEADER', file(`{"a":${'['.repeat(50_000)}`)],
  ['the same name twice', 'E_MODEL_HEADER', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4)],
  ['metadata that is not text', 'E_MODEL_HEADER', file({ __metadata__: { a: 1 } })],
  ['negative offset', 'E_MODEL_OFFSETS', padded({ a: f32([1], [-4, 0]) }, 4)],
  ['reversed offsets', 'E_MODEL_OFFSETS', padded({ a: f32([1], [4, 0]) }, 4)],
  ['offsets past the end', 'E_MODEL_OFFSETS', padded({ a: f32([2], [0, 8]) }, 4)],
  ['offsets that are no numbers', 'E_MODEL_OFFSETS', padded({ a: f32([1], ['0', '4']) }, 4)],
  ['overlap', 'E_MODEL_OFFSETS', padded({ a: f32([2], [0, 8]), b: f32([2], [4, 12]) }, 12)],
  ['hole', 'E_MODEL_OFFSETS', padded({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12)],
  ['bytes behind the end', 'E_MODEL_OFFSETS', padded({ a: f32([1], [0, 4]) }, 8)],
  ['shape overflow', 'E_MODEL_SHAPE', padded({ a: f32([2 ** 32, 2 ** 32], [0, 4]) }, 4)],
  ['shape of 1e308', 'E_MODEL_SHAPE', padded({ a: f32([1e308], [0, 4]) }, 4)],
  ['negative shape', 'E_MODEL_SHAPE', padded({ a: f32([-1], [0, 4]) }, 4)],
  ['shape that does not fit its bytes', 'E_MODEL_SHAPE', padded({ a: f32([3], [0, 4]) }, 4)],
  ['unknown type', 'E_MODEL_DTYPE', padded({ a: f32([1], [0, 4], 'Q7') }, 4)],
  ['type of the prototype', 'E_MODEL_DTYPE', padded({ a: f32([1], [0, 4], 'constructor') }, 4)],
  ['big-endian claim', 'E_MODEL_DTYPE', padded({ a: f32([1], [0, 4], '>F4') }, 4)],
  ['16 bits', 'E_MODEL_DTYPE', padded({ a: f32([2], [0, 4], 'BF16') }, 4)],
  ['data not aligned', 'E_MODEL_DTYPE', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]} }', 4)],
  ['all zeros', 'E_MODEL_CHECKSUM', new Uint8Array(good.length)],
  ['a zip as .pt and .keras have it', 'E_MODEL_FORMAT', Buffer.from('PK\u0003\u0004 archive/data.pkl')],
  ['a pickle', 'E_MODEL_FORMAT', Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['a .npy of objects', 'E_MODEL_FORMAT', Buffer.from('\u0093NUMPY\u0001\u0000', 'latin1')],
  ['HDF5', 'E_MODEL_FORMAT', Buffer.from('\u0089HDF\r\n\u001a\n  ', 'latin1')],
  ['safetensors of somebody else', 'E_MODEL_FORMAT', writeTensors({ tensors: new Map([['w', { shape: [1], data: new Float32Array(1) }]]), metadata: {} })],
] // prettier-ignore

/** The good file with metadata or tensors changed; the checksum is made anew unless it is given. */
function changed(metadata: Record<string, string>, tensors = readTensors(good).tensors): Uint8Array {
  return writeTensors({ tensors, metadata: { ...readTensors(good).metadata, ...metadata } })
}

describe('a model file', () => {
  it.each(hostile)('%s -> %s', (_, code, bytes) => {
    const from = performance.now()
    expect(codeOf(() => readCheckpoint(bytes))).toBe(code)
    expect(performance.now() - from).toBeLessThan(1000)
  })

  it('names the tensor at fault', () => {
    expect(() => readTensors(padded({ wide: f32([2], [0, 8]), deep: f32([2], [4, 12]) }, 12))).toThrow(
      /"deep".*overlap/,
    )
  })

  it('comes back as it was saved, from bytes and from a Node buffer inside a larger one', () => {
    const around = Buffer.concat([Buffer.from('before'), good])
    for (const bytes of [good, around.subarray(6)]) {
      const read = readCheckpoint(bytes)
      expect(read).toMatchObject({
        config,
        step: 4,
        parts: 'full',
        warnings: [],
        vocabulary: [...new Set(text)].sort(),
      })
      expect(Buffer.compare(writeCheckpoint(read), good)).toBe(0)
    }
    expect([...readCheckpoint(good).tensors.keys()]).toEqual(
      expect.arrayContaining(['layers.0.w_ih', 'optim.m.readout.w', 'carry.0.c']),
    )
  })

  it('stays small and whole without its optimiser: exported weights sample the same text', () => {
    const bytes = exportWeights(good)
    expect([...readCheckpoint(bytes).tensors.keys()].sort()).toEqual([
      'embedding.w',
      'layers.0.b_hh',
      'layers.0.b_ih',
      'layers.0.w_hh',
      'layers.0.w_ih',
      'readout.b',
      'readout.w',
    ])
    const options = { prime: 'rag', length: 30, temperature: 1, topK: 0, topP: 1, seed: 2 }
    const write = (from: Uint8Array) =>
      [...sampleText(openModel(from, executor), options)].map((t) => t.text).join('')
    expect(write(bytes)).toBe(write(good))
    expect(codeOf(() => openTraining({ config, text, resume: bytes }, executor))).toBe('E_MODEL_MISMATCH')
  })

  it('is refused when one bit of its data changes', () => {
    const bytes = good.slice()
    bytes[bytes.length - 9]! ^= 4
    expect(codeOf(() => readCheckpoint(bytes))).toBe('E_MODEL_CHECKSUM')
  })

  it('is refused with a table of all weights that do not fit its configuration', () => {
    const wide = { ...config, model: { ...config.model, hidden: 8 } }
    expect(() => readCheckpoint(changed({ config: JSON.stringify(wide) }))).toThrow(
      /layers\.0\.w_ih: expected \(32, 3\), found \(16, 3\);.*readout\.w: expected \(\d+, 8\), found \(\d+, 4\)/,
    )
    expect(codeOf(() => readCheckpoint(changed({ vocabulary: '["a","b"]' })))).toBe('E_MODEL_MISMATCH')
  })

  it.each([
    ['metadata of a later format', 'E_MODEL_FORMAT', { version: '2' }],
    ['a configuration that is no JSON', 'E_MODEL_HEADER', { config: '{' }],
    ['a configuration with a hostile key', 'E_CONFIG_KEY', { config: '{"__proto__":{"x":1}}' }],
    ['a configuration out of range', 'E_CONFIG_RANGE', { config: JSON.stringify({ ...config, model: { ...config.model, hidden: 1e9 } }) }],
    ['an unknown cell', 'E_CONFIG_UNKNOWN', { config: JSON.stringify({ ...config, model: { ...config.model, cell: 'lstn' } }) }],
    ['a vocabulary of numbers', 'E_MODEL_HEADER', { vocabulary: '[1,2]' }],
    ['a step below zero', 'E_MODEL_HEADER', { step: '-1' }],
  ])('%s -> %s', (_, code, metadata) => expect(codeOf(() => readCheckpoint(changed(metadata as Record<string, string>)))).toBe(code)) // prettier-ignore

  it('with NaN weights warns with their number, and is not trained from', () => {
    const read = readCheckpoint(good)
    read.tensors.get('readout.w')!.data.fill(NaN, 0, 3)
    read.tensors.get('readout.b')!.data[0] = Infinity
    const bytes = writeCheckpoint(read)
    expect(readCheckpoint(bytes).warnings).toMatchObject([
      { code: 'W_MODEL_NONFINITE', message: expect.stringContaining('4 weights') as string },
    ])
    expect(codeOf(() => openTraining({ config, text, weights: bytes }, executor))).toBe('E_MODEL_NONFINITE')
  })

  it('of any bytes gives a value or an UnrollError, fast', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(good.length)),
        (edits, cut) => {
          const bytes = good.slice(0, cut ?? good.length)
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value
          codeOf(() => readCheckpoint(bytes))
        },
      ),
      { numRuns: 400 },
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => codeOf(() => readCheckpoint(bytes)) !== 'accepted',
      ),
    )
  })
})

it('the checksum is CRC-32', () => expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926))
