// The wire codec: what goes over the web comes back the same, and nothing in a message can pass for what it is not.
import fc from 'fast-check'
import { deepStrictEqual } from 'node:assert/strict'
import { describe, expect, it } from 'vitest'
import { decodeWire, encodeWire } from '../../src-main/contract/wire.ts'

const typed = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.int32Array({ maxLength: 50 }),
  fc.float32Array({ maxLength: 50 }),
  fc.float64Array({ maxLength: 50 }),
)
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('$f32', '$num', '$', '$$', '$$num', '__proto__', 'constructor'),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    typed,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => {
      const object = {}
      for (const [name, member] of entries) {
        Object.defineProperty(object, name, {
          value: member,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      }
      return object
    }),
  ),
}))

describe('the wire codec', () => {
  it('brings back any value', () => {
    fc.assert(
      fc.property(value, (v) => {
        deepStrictEqual(decodeWire(encodeWire(v)), v)
      }),
      { numRuns: 500 },
    )
  })

  it('writes base64 as everybody does, for every length', () => {
    for (let n = 0; n < 70; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => i * 91 + n)
      expect(encodeWire(bytes)).toBe(`{"$u8":"${Buffer.from(bytes).toString('base64')}"}`)
    }
  })

  it('takes a part of a buffer as that part', () => {
    const part = new Float32Array(new Float32Array([1, 2, 3, 4]).buffer, 4, 2)
    expect(decodeWire(encodeWire(part))).toStrictEqual(Float32Array.of(2, 3))
  })

  it.each(['', '{', 'undefined', '{"$f32":"AAA="}', '{"$u8":"!"}'])('refuses %j', (text) => {
    expect(() => decodeWire(text)).toThrow()
  })

  it('leaves out members that are undefined, as JSON does', () => {
    expect(decodeWire(encodeWire({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 })
  })
})
