// The built-in reviews of invented words: what is promised of them, counted word by word.
import { expect, it } from 'vitest'
import { largest, least } from '../../../src-main/contract/longLists.ts'
import { withoutLabels } from '../../../src-main/engine/data/lineLabels.ts'
import { wholeText } from '../../../src-main/engine/data/source.ts'
import { badWords, goodWords, reviewsOf, twoToneText } from '../../../src-main/engine/data/twoTone.ts'
import { builtinText } from '../../../src-main/engine/index.ts'

const reviews = reviewsOf(400_000, 7)
const words = reviews.map(({ text }) => text.split(' '))

it('reviews have 12 to 29 words, and as many are good as bad', () => {
  const lengths = words.map((review) => review.length)
  expect([least(lengths), largest(lengths)]).toEqual([12, 29])
  expect(reviews.filter(({ good }) => good).length / reviews.length).toBeCloseTo(0.5, 1)
})

it('35 % of the words are opinions, one in ten of them of the other tone', () => {
  const [good, bad] = [new Set(goodWords), new Set(badWords)]
  expect([good.size, bad.size, new Set([...good, ...bad]).size]).toEqual([12, 12, 24])
  let [all, opinions, flipped] = [0, 0, 0]
  reviews.forEach((review, r) => {
    for (const word of words[r]!) {
      all++
      if (!good.has(word) && !bad.has(word)) continue
      opinions++
      if (good.has(word) !== review.good) flipped++
    }
  })
  expect(Math.abs(opinions / all - 0.35)).toBeLessThan(0.01)
  expect(Math.abs(flipped / opinions - 0.1)).toBeLessThan(0.01)
  expect(new Set(words.flat()).size).toBe(72)
})

it('words alternate consonants and vowels', () => {
  for (const word of new Set(words.flat())) {
    expect(word).toMatch(/^[a-z]{2,8}$/)
    expect(word).not.toMatch(/[aeiou]{2}|[^aeiou]{2}/)
  }
})

it('the built-in text is always the same, a label before every review', () => {
  const text = builtinText('two-tone')!
  const [first] = reviewsOf(1, 0)
  expect(text.startsWith(`${first!.good ? 'good' : 'bad'}\t${first!.text}\n`)).toBe(true)
  expect(twoToneText()).toBe(text)
  expect(Math.abs(wholeText(withoutLabels(text)).length - 1_560_000)).toBeLessThan(300)
  expect(new Set(text.slice(0, 200_000).split(/\s/)).size).toBe(75)
})
