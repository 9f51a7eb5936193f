// Texts in pieces: where the borders of the pieces lie makes no difference, even within a pair of surrogates or a line break.
import { textData, type TextData } from '../../../src-main/engine/tasks/languageModel/data.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCorpus } from '../../../src-main/engine/tasks/languageModel/corpus.ts'
import { readExcerpt } from '../../../src-main/engine/tasks/languageModel/excerpt.ts'
import { chunksOf, prepareChunks, prepareText, type Text } from '../../../src-main/engine/data/source.ts'

const pieces = ['a', 'B', 'Σ', 'ΑΣ', 'σ', '.', "'", ' ', '\t', '\r\n', '\r', '\n', '\u2028', '😀', '👩\u200d💻', 'é', 'İ', '\ufeff', '漢', '𐐀'] // prettier-ignore
const someText = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 60 })
  .map((parts) => parts.join(''))
/** A text and the same text cut at code units. */
const cutText = fc
  .tuple(someText, fc.array(fc.nat(200), { maxLength: 8 }))
  .map(([text, places]): [string, Text] => {
    const cuts = [...new Set([0, ...places.map((at) => at % (text.length + 1)), text.length])].sort(
      (a, b) => a - b,
    )
    return [text, { chunks: () => cuts.slice(1).map((end, i) => text.slice(cuts[i], end)) }]
  })
const preparations = fc.record({
  lineBreaks: fc.constantFrom('keep', 'space'),
  lowercase: fc.boolean(),
  unit: fc.constantFrom('char', 'word'),
  validation: fc.constantFrom(0, 0.1, 0.5),
})
const dataOf = (given: object): TextData => textData.parse(given)

/** What a corpus is, or the code it is refused with. */
function contentOf(text: Text, data: TextData): unknown {
  try {
    const { vocabulary, train, validation, symbols, bytes, hasUnknown } = readCorpus(text, data)
    return [
      vocabulary.symbols,
      [...train],
      [...validation],
      train.constructor.name,
      symbols,
      bytes,
      hasUnknown,
    ]
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a text in pieces', () => {
  it('is the same corpus wherever it is cut', () => {
    fc.assert(
      fc.property(cutText, preparations, ([text, source], given) => {
        expect(contentOf(source, dataOf(given))).toEqual(contentOf(text, dataOf(given)))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the same stretch of its validation part, which is that of its code points', () => {
    fc.assert(
      fc.property(cutText, preparations, fc.nat(20), fc.nat(20), ([text, source], given, offset, length) => {
        const data = dataOf(given)
        const found = readExcerpt(source, data, offset, length)
        expect(found).toEqual(readExcerpt(text, data, offset, length))
        if (data.unit === 'word') return
        const points = Array.from(prepareText(text, data))
        const held = Math.round(points.length * data.validation)
        const part = held >= 2 ? points.slice(points.length - held) : points
        expect(found).toEqual({ text: part.slice(offset, offset + length).join(''), symbols: part.length })
      }),
    )
  })

  it('is folded and joined as the whole text would be', () => {
    fc.assert(
      fc.property(cutText, ([text, source]) => {
        const folded = [...prepareChunks(source, { lineBreaks: 'keep', lowercase: true })].join('')
        expect(folded).toBe(text.toLowerCase())
        const joined = [...prepareChunks(source, { lineBreaks: 'space', lowercase: false })].join('')
        const lines = text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => line.trim())
        expect(joined).toBe(lines.filter((line) => line !== '').join(' '))
      }),
      { numRuns: 1000 },
    )
  })

  it('comes in pieces that end behind whole code points', () => {
    const chunks = [...chunksOf({ chunks: () => ['a\ud83d', '\ude00b', '', '\ud83d', '\ude00'] })]
    expect(chunks).toEqual(['a', '😀b', '😀'])
  })

  it('takes one byte per symbol up to 256 of them, two above', () => {
    const text = (symbols: number) =>
      Array.from({ length: symbols }, (_, i) => String.fromCodePoint(0x10000 + i)).join('')
    expect(readCorpus(text(256), dataOf({})).bytes).toBe(256)
    expect(readCorpus(text(256), dataOf({ validation: 0 })).train.at(-1)).toBe(255)
    expect(readCorpus(text(257), dataOf({})).bytes).toBe(514)
    expect(readCorpus(text(65_536), dataOf({ validation: 0 })).train.at(-1)).toBe(65_535)
  })

  it('is read twice for training and once for planning, however often it is asked for', () => {
    let readings = 0
    const source: Text = { chunks: () => (readings++, ['some ', 'words']) }
    const corpus = readCorpus(source, dataOf({ validation: 0 }))
    expect(readCorpus(source, dataOf({ validation: 0.5 })).symbols).toEqual({ train: 5, validation: 5 })
    expect(readings).toBe(1)
    expect([corpus.train.length, corpus.train.length, readings]).toEqual([10, 10, 2])
  })
})
