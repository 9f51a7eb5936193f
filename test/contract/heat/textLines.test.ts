import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areWords,
  columnsOf,
  edgesOf,
  layoutLines,
  lineOf,
  symbolName,
  piecesOf,
  displayText,
  symbolAt,
} from '@contract/heat/textLines.ts'

const lineTexts = (text: string | string[], width: number) => {
  const tokens = Array.isArray(text) ? text : [...text]
  const lines = layoutLines(tokens, width)
  return Array.from({ length: lines.count }, (_, i) => piecesOf(tokens, lines, i).join(''))
}

describe('layoutLines', () => {
  it('breaks at line ends and at the last blank that fits', () => {
    expect(lineTexts('one\n\ntwo', 20)).toEqual(['one', '', 'two'])
    expect(lineTexts('alpha beta gamma', 12)).toEqual(['alpha beta ', 'gamma'])
    expect(lineTexts('abcdefghijklmnop', 8)).toEqual(['abcdefgh', 'ijklmnop'])
  })
  it('sets words with blanks between them', () => {
    expect(lineTexts(['the', 'dog', 'ate', '.', 'it'], 10)).toEqual(['the dog ', 'ate . it '])
  })
  it('takes words that bring their blanks as they are, and both line ends', () => {
    const tokens = ['the', ' dog', ' ate', '.', '\r\n', 'it']
    const lines = layoutLines(tokens, 40, false)
    expect(Array.from({ length: lines.count }, (_, i) => piecesOf(tokens, lines, i).join(''))).toEqual([
      'the dog ate.',
      'it',
    ])
    expect(areWords(['a', '\r\n', '😀'])).toBe(false)
    expect(areWords(['a', 'is'])).toBe(true)
  })
  it('keeps every symbol exactly once, in order, within the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '漢', '\t', '😀'), maxLength: 300 }),
        fc.integer({ min: 8, max: 40 }),
        (text, width) => {
          const tokens = [...text]
          const lines = layoutLines(tokens, width)
          expect(lines.starts[0]).toBe(0)
          if (tokens.length > 0) expect(lines.starts[lines.count]).toBe(tokens.length)
          for (let i = 0; i < lines.count; i++) {
            expect(lines.starts[i + 1]! > lines.starts[i]!).toBe(true)
            const used = tokens
              .slice(lines.starts[i], lines.starts[i + 1])
              .reduce((sum, t) => sum + columnsOf(t), 0)
            expect(used).toBeLessThanOrEqual(width)
          }
          for (const t of [0, 1, tokens.length - 1].filter((t) => t >= 0 && t < tokens.length)) {
            const line = lineOf(lines, t)
            expect(lines.starts[line]! <= t && t < lines.starts[line + 1]!).toBe(true)
          }
        },
      ),
    )
  })
  it('lays out nothing as nothing', () => {
    expect(layoutLines([], 80).count).toBe(0)
  })
})

it('shows what would be invisible or could forge the reading order', () => {
  expect(displayText('\u202e')).toBe('\u25ca')
  expect(displayText('\u200b')).toBe('\u25ca')
  expect(displayText('\u0000')).toBe('\u2400')
  expect(displayText('\t')).toBe('\u2192')
  expect([symbolName(' '), symbolName('\n'), symbolName('é')]).toEqual(['\u2423', '\u21b5', 'é'])
})

it('places symbols by columns, or by measuring when a glyph is not plain', () => {
  expect([...edgesOf(['a', 'b', ''], 10, () => NaN)]).toEqual([0, 10, 20, 20])
  expect([...edgesOf(['a', '漢'], 10, (text) => text.length * 13)]).toEqual([0, 13, 26])
  const edges = Float64Array.of(0, 10, 20, 30)
  expect([-1, 0, 9.9, 10, 25, 99].map((x) => symbolAt(edges, x))).toEqual([0, 0, 0, 1, 2, 2])
})
