// Files in pieces: where the borders lie makes no difference to what is read, counted or refused, nor to the place that is named.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { fileDecoder } from '../../src-main/jobs/decode.ts'
import { encodingOf, type DecodeMode, type Encoding } from '../../src-main/contract/data.ts'
import { textCounter, type TextStatistics } from '../../src-main/jobs/textStatistics.ts'

const parts = ['a', ' ', 'é', '漢', '😀', '\r\n', '\r', '\n', '\ufeff', 'filler '.repeat(90)].map((s) => [
  ...Buffer.from(s),
])
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

/** Decodes piece by piece, with the statistics at the end. */
function textReader(name: string, mode: DecodeMode) {
  const decoder = fileDecoder(name, mode)
  const counter = textCounter()
  return (piece: Uint8Array, last: boolean): { utf8: Uint8Array; statistics?: TextStatistics } => {
    const { text, utf8 } = decoder.read(piece, last)
    counter.add(text, utf8)
    if (!last) return { utf8 }
    if (counter.blank) decoder.refuseBlank()
    return { utf8, statistics: counter.statistics(decoder.encoding(), decoder.warnings()) }
  }
}

function readCut(
  bytes: Uint8Array,
  at: readonly number[],
  mode: DecodeMode,
): { utf8: Buffer; statistics: TextStatistics } {
  const read = textReader('f.txt', mode)
  const cuts = [...new Set([0, ...at.map((n) => n % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const written = cuts.slice(1).map((end, i) => read(bytes.slice(cuts[i], end), false).utf8)
  const { utf8, statistics } = read(new Uint8Array(0), true)
  return { utf8: Buffer.concat([...written, utf8]), statistics: statistics! }
}

/** What comes of it, errors included. */
function outcome(bytes: Uint8Array, at: readonly number[], mode: DecodeMode): unknown {
  try {
    const { utf8, statistics } = readCut(bytes, at, mode)
    return { text: utf8.toString('utf8'), statistics }
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error
    return error.toValue()
  }
}

/** The bytes of a text in an encoding of one or two bytes. */
function encoded(text: string, encoding: Encoding): Uint8Array {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const bytesOf = new Map<string, number[]>()
  const add = (...bytes: number[]) => {
    try {
      const symbol = decoder.decode(Uint8Array.from(bytes))
      if ([...symbol].length === 1 && !bytesOf.has(symbol)) bytesOf.set(symbol, bytes)
    } catch {
      // No character.
    }
  }
  for (let first = 0; first < 256; first++) {
    add(first)
    if (/jis|jp|gb|big|kr/.test(encoding)) for (let second = 0; second < 256; second++) add(first, second)
  }
  return Uint8Array.from([...text].flatMap((symbol) => bytesOf.get(symbol)!))
}

describe('a file of another encoding', () => {
  const russian =
    'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. '
  const texts: [Encoding, string][] = [
    ['windows-1252', 'It’s a dog’s life, “he said”. It’s a dog’s life, “he said”, for 5 €.\n'],
    ['windows-1252', 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Schöne Grüße.\n'],
    ['windows-1251', russian],
    ['koi8-r', russian],
    ['iso-8859-5', russian],
    [
      'windows-1250',
      'Pchnąć w tę łódź jeża lub ośm skrzyń fig. Zażółć gęślą jaźń. To jest bardzo długi tekst po polsku, który ma wiele znaków.',
    ],
    ['shift_jis', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
    ['euc-jp', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
    ['gb18030', '话说天下大势，分久必合，合久必分。周末七国分争，并入于秦。'],
    ['big5', '話說天下大勢，分久必合，合久必分。周末七國分爭，并入於秦。'],
    ['euc-kr', '모든 국민은 법 앞에 평등하다. 누구든지 성별에 의하여 차별을 받지 아니한다.'],
  ]

  it.each(texts)('in %s is recognised and read as named', (encoding, sentence) => {
    const text = sentence.repeat(3)
    const bytes = encoded(text, encoding)
    expect(outcome(bytes, [7, 90], 'strict')).toMatchObject({
      code: 'E_UTF8',
      details: { encoding },
      message: expect.stringContaining(`It looks like ${encoding}`) as string,
    })
    expect(outcome(bytes, [7, 90], encoding)).toMatchObject({
      text,
      statistics: { encoding, warnings: [{ code: 'W_DECODED' }] },
    })
  })

  it('is shown as it would read', () => {
    const bytes = encoded('It’s a dog’s life, “he said”.', 'windows-1252')
    expect(outcome(bytes, [], 'strict')).toMatchObject({
      message: expect.stringContaining('“It’s a dog’s life, “he sai”') as string,
    })
  })

  it('damaged UTF-8 is not taken for one', () => {
    const bytes = Uint8Array.from([...Buffer.from(russian.repeat(3)), 0xff, 0xfe, 0x41])
    const { message, details } = outcome(bytes, [], 'strict') as UnrollError
    expect(details?.encoding).toBeUndefined()
    expect(message).toMatch(/an encoding such as windows-1252, replace \(by U\+FFFD\) or skip\.$/)
  })

  it('says what the encoding has no character for, and what became controls', () => {
    const warnings = (bytes: number[], mode: DecodeMode) =>
      (outcome(Uint8Array.from(bytes), [2], mode) as { statistics: TextStatistics }).statistics.warnings.map(
        (w) => w.message,
      )
    expect(warnings([0x61, 0x82, 0xff, 0x62], 'shift_jis')[1]).toMatch(
      /^2 places without a character in shift_jis/,
    )
    expect(warnings([0x61, 0x92, 0x62, 0x90], 'iso-8859-2')[1]).toMatch(
      /^2 places became control characters; .* first at character 2/,
    )
    expect(warnings([0x61, 0x92], 'windows-1252')).toHaveLength(1)
    const many = Array.from({ length: 3000 }, (_, i) => (i % 2 ? 0x61 : 0x92))
    expect(warnings(many, 'iso-8859-2')[1]).toMatch(/^1,500 places/)
  })

  it('of UTF-16 without a mark is read as named', () => {
    const text = 'Plain words, é and 😀.\n'.repeat(9)
    const bytes = Uint8Array.from(Buffer.from(text, 'utf16le'))
    expect(outcome(bytes, [], 'strict')).toMatchObject({
      code: 'E_ENCODING',
      details: { encoding: 'utf-16le' },
    })
    expect(outcome(bytes, [5, 99], 'utf-16le')).toMatchObject({ text, statistics: { encoding: 'utf-16le' } })
  })

  it.each([
    ['latin-1', 'windows-1252'],
    ['Latin1', 'windows-1252'],
    ['cp1252', 'windows-1252'],
    ['SJIS', 'shift_jis'],
    ['GB2312', 'gb18030'],
    ['KOI8', 'koi8-r'],
    ['ISO-8859-9', 'windows-1254'],
    ['utf-8', undefined],
    ['klingon', undefined],
  ])('is known as %s', (label, encoding) => expect(encodingOf(label)).toBe(encoding))
})

describe('a file in pieces', () => {
  it('is read alike wherever it is cut, sound or damaged, in every mode', () => {
    const modes = fc.constantFrom<DecodeMode>(
      'strict',
      'windows-1252',
      'shift_jis',
      'gb18030',
      'replace',
      'skip',
    )
    fc.assert(
      fc.property(fileOf([...parts, ...faults]), places, modes, (bytes, at, mode) => {
        expect(outcome(bytes, at, mode)).toEqual(outcome(bytes, [], mode))
      }),
      { numRuns: 120 },
    )
  })

  it('is the text that it is, with the counts of that text', () => {
    fc.assert(
      fc.property(fileOf(parts), places, (bytes, at) => {
        const mark = bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0
        const expected = Buffer.from(bytes.subarray(mark))
        const text = expected.toString('utf8')
        fc.pre(text.trim() !== '')
        const { utf8, statistics } = readCut(bytes, at, 'strict')
        expect(utf8.equals(expected)).toBe(true)
        const points = Array.from(text)
        expect(statistics).toMatchObject({
          bytes: expected.length,
          characters: points.length,
          lines: (text.match(/\r\n|\r|\n/g) ?? []).length + (/[\r\n]$/.test(text) ? 0 : 1),
          sha256: createHash('sha256').update(expected).digest('hex'),
          preview: points.slice(0, 4000).join(''),
          distinct: new Set(points).size,
        })
        expect(statistics.symbols.reduce((sum, { count }) => sum + count, 0)).toBe(points.length)
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
        const bytes = Uint8Array.from([
          ...(end === 'le' ? [0xff, 0xfe] : [0xfe, 0xff]),
          ...(end === 'le' ? body : body.swap16()),
        ])
        const { utf8, statistics } = readCut(bytes, at, 'strict')
        expect(utf8.toString('utf8')).toBe(text)
        expect(statistics).toMatchObject({
          encoding: `utf-16${end}`,
          characters: Array.from(text).length,
          lines: 2,
        })
      }),
    )
  })
})
