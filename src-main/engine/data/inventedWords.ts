// Invented words for generated texts, and the law by which they are drawn. Everything is drawn from a given random stream.
import type { randomStream } from '../run/random.ts'

export type Random = ReturnType<typeof randomStream>

const consonants = 'bdfghklmnprstvz'
const vowels = 'aeiou'

/** Distinct words of 2 to 8 letters in which consonants and vowels alternate. */
export function inventWords(random: Random, count: number): string[] {
  const words = new Set<string>()
  while (words.size < count) {
    const length = 2 + random.below(7)
    const first = random.below(2)
    let word = ''
    for (let i = 0; i < length; i++) {
      const letters = (i + first) % 2 === 0 ? consonants : vowels
      word += letters[random.below(letters.length)]
    }
    words.add(word)
  }
  return [...words]
}

/** A function that draws a word with probability proportional to 1 / rank. */
export function byRank(random: Random, words: readonly string[]): () => string {
  let total = 0
  const upTo = words.map((_, i) => (total += 1 / (i + 1)))
  return () => {
    const u = random.uniform() * total
    return words[upTo.findIndex((sum) => u < sum)]!
  }
}
