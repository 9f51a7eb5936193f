// The texts of the test beds hold what their checks search for.
import { expect, it } from 'vitest'
import { generateProse, proseText } from '../../src-main/engine/data/prose.ts'
import { countingWordsText } from './countingWords.ts'
import { cSourceText } from './cSource.ts'
import { wrappedAt } from './wrappedProse.ts'

const countOf = (text: string, mark: string): number => text.split(mark).length - 1

it('quotations of prose without speech words have the words of the rest', () => {
  const prose = generateProse({ characters: 300_000, speechWords: false })
  const [quoted, all] = [prose.match(/"[^"]*"/g)!.join(' '), prose].map(
    (text) => new Set(text.match(/[a-z]+/g)),
  )
  expect(quoted!.size).toBe(60)
  expect(all!.size - quoted!.size).toBeLessThanOrEqual(2) // The last word may be cut off.
  expect(new Set(proseText().match(/[a-z]+/g)).size).toBeGreaterThanOrEqual(84)
})

it('wrapped lines have exactly 20 characters', () => {
  const lines = wrappedAt(proseText().slice(0, 10_007), 20).split('\n')
  expect(lines.slice(0, -1).every((line) => line.length === 20)).toBe(true)
  expect(lines.join('')).toBe(proseText().slice(0, 10_007).replaceAll('\n', ' '))
})

it('words of a^n b^n are complete, with n from 1 to 50', () => {
  const words = countingWordsText(100_000).split('#').slice(0, -1)
  for (const word of words) expect(word).toMatch(/^a+b+$/)
  expect(words.every((word) => countOf(word, 'a') === countOf(word, 'b'))).toBe(true)
  expect(new Set(words.map((word) => word.length / 2)).size).toBe(50)
})

it('C source is balanced, indented by its depth, and its comments and strings hold words and formats only', () => {
  const source = cSourceText(200_000)
  expect(countOf(source, '/*')).toBe(countOf(source, '*/'))
  const code = source.replace(/\/\* [a-z ]+ \*\//g, '').replace(/"(?:[a-z]+|%[ds]|[:=, ])+(?:\\n)?"/g, '')
  expect(code).not.toMatch(/["]|\/\*/)
  for (const [open, close] of ['()', '{}']) expect(countOf(code, open!)).toBe(countOf(code, close!))
  let depth = 0
  for (const line of code.split('\n')) {
    if (line.trim() === '') continue
    if (line.trim() === '}') depth--
    expect(line.match(/^\t*/)![0].length, line).toBe(depth)
    if (line.endsWith('{')) depth++
  }
  expect(depth).toBe(0)
})
