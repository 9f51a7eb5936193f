// A built-in text with a known structure, for finding units: quoted speech with its own words, nested brackets, lines wrapped at column 60.
// It is generated from invented words with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'
import { byRank, inventWords } from './inventedWords.ts'

const trainCharacters = 1_000_000
const testCharacters = 40_000
/** Validation split of the text: its last 40,000 characters. */
export const proseValidation = testCharacters / (trainCharacters + testCharacters)

const counter = { seed: [0x70726f73, 0x65] as const, step: 0 }

/** How a prose is generated. */
interface ProseForm {
  characters: number
  /** Whether quotations have words of their own; otherwise the mark alone tells that a word is quoted. */
  speechWords: boolean
}

/** Prose of this form, always the same for the same form. */
export function generateProse({ characters, speechWords }: ProseForm): string {
  const words = inventWords(randomStream(counter, 1), 84)
  const random = randomStream(counter, 2)
  const common = byRank(random, words.slice(0, 60))
  const speech = byRank(random, words.slice(60))
  const chance = (p: number) => random.uniform() < p
  const several = (count: number, word: () => string) => Array.from({ length: count }, word).join(' ')

  function phrase(depth: number): string {
    let text = several(3 + random.below(6), common)
    if (depth < 3 && chance(depth === 0 ? 0.3 : 0.45)) {
      text += ` (${phrase(depth + 1)})`
      if (chance(0.6)) text += ` ${several(1 + random.below(4), common)}`
    }
    return text
  }
  const quote = () =>
    `"${several(3 + random.below(17), () => (speechWords && chance(0.7) ? speech() : common()))}${chance(0.5) ? '."' : '"'}`
  const parts: string[] = []
  for (let length = 0; length < characters;) {
    const sentence = chance(0.35) ? quote() : `${phrase(0)}.`
    parts.push(sentence)
    length += sentence.length + 1
  }
  return wrap(parts.join(' ')).slice(0, characters)
}

/** Replaces the first space at column 60 or later of each line by a line break. */
function wrap(text: string): string {
  let column = 0
  return text.replace(/ |[^ ]+/g, (part) => {
    if (part !== ' ') column += part.length
    else if (column < 60) column++
    else column = 0
    return part === ' ' && column === 0 ? '\n' : part
  })
}

let cached: string | undefined

/** The text, 1,040,000 characters; generated once and cached. */
export const proseText = (): string =>
  (cached ??= generateProse({ characters: trainCharacters + testCharacters, speechWords: true }))
