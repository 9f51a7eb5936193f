// Files in pieces: where the borders lie makes no difference to what is read, counted or refused, nor to the place that is named.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { textReader } from '../../src-main/jobs/decode.ts'
import type { DecodeMode, TextFacts } from '../../src-main/jobs/protocol.ts'

const parts = ['a', ' ', 'é', '漢', '😀', '\r\n', '\r', '\n', '\ufeff', 'filler '.repeat(90)].map((s) => [...Buffer.from(s)]) // prettier-ignore
const faults = [
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0x80],
  [0xf5],
]

/** Small files, and such as are longer than the 4096 bytes that a file is judged by. */
const fileOf = (choices: number[][]) =>
  fc
    .tuple(fc.boolean(), fc.array(fc.constantFrom(...choices), { minLength: 1, maxLength: 40 }))
    .map(([mark, chosen]) => Uint8Array.from([...(mark ? [0xef, 0xbb, 0xbf] : []), ...chosen.flat()]))
const places = fc.array(fc.nat(30_000), { maxLength: 12 })

function readCut(
  bytes: Uint8Array,
  at: readonly number[],
  mode: DecodeMode,
): { utf8: Buffer; facts: TextFacts } {
  const read = textReader('f.txt', mode)
  const cuts = [...new Set([0, ...at.map((n) => n % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const written = cuts.slice(1).map((end, i) => read(bytes.slice(cuts[i], end), false).utf8)
  const { utf8, facts } = read(new Uint8Array(0), true)
  return { utf8: Buffer.concat([...written, utf8]), facts: facts! }
}

/** What comes of it, errors included. */
function outcome(bytes: Uint8Array, at: readonly number[], mode: DecodeMode): unknown {
  try {
    const { utf8, facts } = readCut(bytes, at, mode)
    return { text: utf8.toString('utf8'), facts }
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error
    return error.toValue()
  }
}

describe('a file in pieces', () => {
  it('is read alike wherever it is cut, sound or damaged, in every mode', () => {
    const modes = fc.constantFrom<DecodeMode>('strict', 'latin-1', 'replace', 'skip')
    fc.assert(
      fc.property(fileOf([...parts, ...faults]), places, modes, (bytes, at, mode) => {
        expect(outcome(bytes, at, mode)).toEqual(outcome(bytes, [], mode))
      }),
      { numRuns: 250 },
    )
  })

  it('is the text that it is, with the counts of that text', () => {
    fc.assert(
      fc.property(fileOf(parts), places, (bytes, at) => {
        const mark = bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0
        const expected = Buffer.from(bytes.subarray(mark))
        const text = expected.toString('utf8')
        fc.pre(text.trim() !== '')
        const { utf8, facts } = readCut(bytes, at, 'strict')
        expect(utf8.equals(expected)).toBe(true)
        const points = Array.from(text)
        expect(facts).toMatchObject({
          bytes: expected.length,
          characters: points.length,
          lines: (text.match(/\r\n|\r|\n/g) ?? []).length + (/[\r\n]$/.test(text) ? 0 : 1),
          sha256: createHash('sha256').update(expected).digest('hex'),
          preview: points.slice(0, 4000).join(''),
          distinct: new Set(points).size,
        })
        expect(facts.symbols.reduce((sum, { count }) => sum + count, 0)).toBe(points.length)
      }),
      { numRuns: 150 },
    )
  })

  it('names the byte where it is no UTF-8, in whichever piece it lies', () => {
    fc.assert(
      fc.property(fc.nat(9000), fc.constantFrom(...faults), places, (before, fault, at) => {
        const bytes = Uint8Array.from([...Buffer.alloc(before, 'x'), ...fault, 0x41])
        expect(outcome(bytes, at, 'strict')).toMatchObject({ code: 'E_UTF8', details: { offset: before } })
      }),
    )
  })

  it('in UTF-16 is read alike wherever it is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom('le', 'be'), fc.nat(500), places, (end, filler, at) => {
        const text = `Grüße 😀${'é😀'.repeat(filler)}\r\nx`
        const body = Buffer.from(text, 'utf16le')
        const bytes = Uint8Array.from([...(end === 'le' ? [0xff, 0xfe] : [0xfe, 0xff]), ...(end === 'le' ? body : body.swap16())]) // prettier-ignore
        const { utf8, facts } = readCut(bytes, at, 'strict')
        expect(utf8.toString('utf8')).toBe(text)
        expect(facts).toMatchObject({
          encoding: `utf-16${end}`,
          characters: Array.from(text).length,
          lines: 2,
        })
      }),
    )
  })
})
