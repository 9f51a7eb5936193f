// A labelled text without its labels is the texts of its lines, however it is cut, and a language model knows the labels of its held-out lines.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelledLinesOf, withoutLabels } from '../../../src-main/engine/data/lineLabels.ts'
import { wholeText } from '../../../src-main/engine/data/source.ts'
import { readCorpus } from '../../../src-main/engine/tasks/languageModel/corpus.ts'
import { textData } from '../../../src-main/engine/tasks/languageModel/data.ts'
import { readExcerpt, readLabelledLines } from '../../../src-main/engine/tasks/languageModel/excerpt.ts'

const dropped = (given: object) => textData.parse({ labels: 'drop', ...given })
const piece = fc.constantFrom('\t', '\n', '\r\n', '\u2028', 'a', 'bc', ' ', '😀')
const text = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''))

describe('labels of lines', () => {
  it('stand before the first tab of a line', () => {
    expect(withoutLabels('good\tyes\tno\n\tx\nplain\r\nbad\t')).toBe('yes\tno\nx\nplain\r\n')
    expect([...labelledLinesOf('good\tyes\nplain')]).toEqual([
      { label: 'good', text: 'yes', end: '\n' },
      { label: undefined, text: 'plain', end: '' },
    ])
  })

  it('are left out wherever a text is cut, and its lines are the same text', () => {
    fc.assert(
      fc.property(text, fc.nat(8), (whole, size) => {
        const pieces = Array.from({ length: Math.ceil(whole.length / (size + 1)) }, (_, i) =>
          whole.slice(i * (size + 1), (i + 1) * (size + 1)),
        )
        const plain = withoutLabels(whole)
        expect(wholeText(withoutLabels({ chunks: () => pieces }))).toBe(plain)
        expect([...labelledLinesOf(whole)].map((line) => line.text + line.end).join('')).toBe(plain)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a language model on labelled lines', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 2 ? 'good' : 'bad'}\treview 😀${i}`)
  const labelled = `${lines.join('\n')}\n`
  const plain = labelled.replace(/^\w+\t/gm, '')

  it.each(['char', 'word'])('reads their texts alone, by %s', (unit) => {
    const read = readCorpus(labelled, dropped({ unit }))
    const expected = readCorpus(plain, textData.parse({ unit }))
    expect(read.vocabulary.symbols).toEqual(expected.vocabulary.symbols)
    expect([...read.train, ...read.validation]).toEqual([...expected.train, ...expected.validation])
    expect(readExcerpt(labelled, dropped({ unit }), 3, 20)).toEqual(
      readExcerpt(plain, textData.parse({ unit }), 3, 20),
    )
  })

  it.each([
    ['char', 'keep'],
    ['char', 'space'],
    ['word', 'keep'],
    ['word', 'space'],
  ])('knows the labels of whole lines of the held-out part, by %s, line breaks %s', (unit, lineBreaks) => {
    const data = dropped({ unit, lineBreaks, validation: 0.25 })
    const held = readLabelledLines(labelled, data, 1000)
    const texts = held.map(({ source: { symbols, spaces } }) =>
      symbols.map((symbol, t) => (spaces[t] ?? '') + symbol).join(''),
    )
    expect(held.map(({ label }, i) => `${label}\t${texts[i]}`)).toEqual(lines.slice(-held.length))
    expect(held.length).toBeGreaterThanOrEqual(9)
    expect(held.length).toBeLessThanOrEqual(10)
    expect(readLabelledLines(labelled, data, 1)).toHaveLength(1)
  })
})
