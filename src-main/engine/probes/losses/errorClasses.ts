// Errors of a character model peeled off class by class, as in Karpathy, Johnson & Fei-Fei (2015): each class is what one remedy would mend
// of the errors that are left. An error is a symbol that got a probability below 0.5.
import type { ErrorClass } from '../../../contract/losses.ts'

const isLetter = (symbol: string): boolean => /^[\p{L}\p{M}]/u.test(symbol)
const memories = [100, 1000] as const
const rare = 5
const boosts = [0.1, 0.2, 0.3, 0.4, 0.5] as const

/** For each letter its word, and how many letters of it come before. */
interface WordPlace {
  word: string
  letter: number
  begin: number
}

function wordPlaces(symbols: readonly string[]): (WordPlace | undefined)[] {
  const places = new Array<WordPlace | undefined>(symbols.length)
  for (let t = 0; t < symbols.length;) {
    let end = t
    while (end < symbols.length && isLetter(symbols[end]!)) end++
    const word = symbols.slice(t, end).join('')
    for (let i = t; i < end; i++) places[i] = { word, letter: i - t, begin: t }
    t = Math.max(end, t + 1)
  }
  return places
}

/** How often each word occurs in a text. */
export function wordCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of text.matchAll(/[\p{L}\p{M}]+/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

export interface ErrorPeeling {
  symbols: readonly string[]
  /** Probability of each symbol by the network. */
  p: Float64Array
  /** By order of the n-gram model. */
  ngrams: readonly Float64Array[]
  /** Words of the training text. */
  known: ReadonlyMap<string, number>
  /** First symbol that counts. */
  from: number
}

/** The classes in the order in which they are peeled off; their errors sum to all errors from `from` on. */
export function peelErrors({ symbols, p, ngrams, known, from }: ErrorPeeling): ErrorClass[] {
  const places = wordPlaces(symbols)
  const before = lastBegins(places)
  const tests: [string, (t: number) => boolean][] = [
    [`an n-gram model of order 1 to ${ngrams.length} is right`, (t) => ngrams.some((one) => one[t]! >= 0.5)],
    ...memories.map((reach): [string, (t: number) => boolean] => [
      `the word was read within ${reach} symbols`,
      (t) => {
        const place = places[t]
        return place !== undefined && place.letter > 0 && place.begin - before[t]! <= reach
      },
    ]),
    [
      `a rare word, at most ${rare} times in the training text`,
      (t) => places[t] !== undefined && places[t].letter > 0 && (known.get(places[t].word) ?? 0) <= rare,
    ],
    ['the first letter of a word', (t) => places[t]?.letter === 0],
    ['white space and marks', (t) => places[t] === undefined],
    ...boosts.map((boost): [string, (t: number) => boolean] => [
      `${boost} more probability is enough`,
      (t) => p[t]! + boost >= 0.5,
    ]),
  ]
  const classes = tests.map(([name]) => ({ name, errors: 0, loss: 0 }))
  for (let t = Math.max(1, from); t < symbols.length; t++) {
    if (p[t]! >= 0.5) continue
    const found = classes[tests.findIndex(([, holds]) => holds(t))]!
    found.errors++
    found.loss -= Math.log(p[t]!)
  }
  return classes
}

/** For each letter where its word last began before; -Infinity if it did not. */
function lastBegins(places: readonly (WordPlace | undefined)[]): Float64Array {
  const last = new Map<string, number>()
  const before = new Float64Array(places.length).fill(-Infinity)
  places.forEach((place, t) => {
    if (!place) return
    if (place.letter > 0) before[t] = before[t - 1]!
    else {
      before[t] = last.get(place.word) ?? -Infinity
      last.set(place.word, place.begin)
    }
  })
  return before
}
