// The texts of the test beds hold what their checks search for, and the accuracy of one unit is that of trying every threshold.
import { expect, it } from 'vitest'
import { generateProse, proseText } from '../../src-main/engine/data/prose.ts'
import { countingWordsText } from './countingWords.ts'
import { splitScore } from './toneUnits.ts'

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

it('words of a^n b^n are complete, with n from 1 to 50', () => {
  const words = countingWordsText(100_000).split('#').slice(0, -1)
  for (const word of words) expect(word).toMatch(/^a+b+$/)
  expect(words.every((word) => countOf(word, 'a') === countOf(word, 'b'))).toBe(true)
  expect(new Set(words.map((word) => word.length / 2)).size).toBe(50)
})

it('one unit is scored at the best threshold of the first half, on the second half', () => {
  const values = [3, 1, 2, 5, 4, 9, 0, 2.4, 2.6, 7]
  const good = [true, false, false, true, true, true, false, true, false, false]
  // Ranking half: 1 2 | 3 4 5, cut at 2.5. Second half: 9 0 2.6 7 are called good, bad, good, good, and 2.4 bad.
  expect(splitScore(values, good)).toEqual({ sign: 1, ranked: 1, accuracy: 0.4 })
  const negated = values.map((value) => -value)
  expect(splitScore(negated, good)).toEqual({ sign: -1, ranked: 1, accuracy: 0.4 })
})
