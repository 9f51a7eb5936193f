// A built-in text of labelled reviews of invented words, one per line: good or bad, which only the opinion words of a review say. What a network that
// reads the reviews without their labels must keep is known. It is generated with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'
import { byRank, inventWords } from './inventedWords.ts'

/** Of all reviews, labels left out. */
const characters = 1_560_000

/** A review and its tone. */
export interface Review {
  text: string
  good: boolean
}

const invented = inventWords(randomStream({ seed: [0x74776f74, 0x6f6e65], step: 0 }, 1), 72)
const common = invented.slice(0, 48)
/** The twelve opinion words of each tone, which occur nowhere else. */
export const goodWords: readonly string[] = invented.slice(48, 60)
export const badWords: readonly string[] = invented.slice(60)

/** Share of opinion words among all words, and of those among them that are of the other tone. */
const opinionShare = 0.35
const flippedShare = 0.1

/** Reviews of 12 to 29 words, at least as many characters in all as asked, line breaks included. */
export function reviewsOf(characters: number, seed: number): Review[] {
  const random = randomStream({ seed: [0x74776f74, seed], step: 0 }, 2)
  const [plain, good, bad] = [common, goodWords, badWords].map((list) => byRank(random, list)) as [
    () => string,
    () => string,
    () => string,
  ]
  const chance = (p: number) => random.uniform() < p
  const reviews: Review[] = []
  for (let length = 0; length < characters;) {
    const tone = chance(0.5)
    const word = () => {
      if (!chance(opinionShare)) return plain()
      return tone !== chance(flippedShare) ? good() : bad()
    }
    const text = Array.from({ length: 12 + random.below(18) }, word).join(' ')
    reviews.push({ text, good: tone })
    length += text.length + 1
  }
  return reviews
}

let cached: string | undefined

/** The text: a label, a tab and a review per line; generated once and cached. */
export const twoToneText = (): string =>
  (cached ??= reviewsOf(characters, 0)
    .map(({ text, good }) => `${good ? 'good' : 'bad'}\t${text}\n`)
    .join(''))
