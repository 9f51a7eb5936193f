// A built-in data set for sentiment classification, with a known rule: short reviews in which "not" and "never" negate a word, and the
// statement after a "but" decides, so that a bag of words is not enough. It is generated with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'

const reviews = 5000
const things = [
  'film',
  'plot',
  'cast',
  'music',
  'ending',
  'dialogue',
  'camera work',
  'story',
  'lead',
  'first half',
]
const good = [
  'brilliant',
  'moving',
  'funny',
  'clever',
  'gripping',
  'charming',
  'fresh',
  'warm',
  'superb',
  'honest',
]
const bad = ['dull', 'clumsy', 'boring', 'weak', 'silly', 'cold', 'tired', 'awful', 'hollow', 'slow']
const very = ['very', 'rather', 'truly', 'quite', 'so']
const openers = ['to be honest', 'in my opinion', 'after all', 'i must say', 'as far as i can tell']

function generate(): string {
  const random = randomStream({ seed: [0x72657669, 0x65777321], step: 0 }, 1)
  const one = (list: readonly string[]) => list[random.below(list.length)]!
  const chance = (p: number) => random.uniform() < p
  /** A statement with the given sentiment. */
  function statement(positive: boolean): string {
    const negated = chance(0.4)
    const word = one(positive !== negated ? good : bad)
    const verb = negated ? one(['is not', 'was never', 'is hardly']) : one(['is', 'was', 'seems'])
    return `the ${one(things)} ${verb} ${chance(0.3) ? `${one(very)} ` : ''}${word}`
  }
  const lines = Array.from({ length: reviews }, () => {
    const positive = chance(0.5)
    const kind = random.below(4)
    const parts = [statement(positive)]
    if (kind === 0) parts.unshift(`${statement(!positive)} but`)
    if (kind === 1) parts.unshift(`${statement(positive)} and`)
    if (kind === 2) parts.unshift(`${one(openers)} ,`)
    return `${positive ? 'positive' : 'negative'}\t${parts.join(' ')} .`
  })
  return `${lines.join('\n')}\n`
}

let cached: string | undefined

/** 5,000 lines of label, tab, review; generated once and cached. */
export const reviewsText = (): string => (cached ??= generate())
