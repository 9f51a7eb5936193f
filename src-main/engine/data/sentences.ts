// A built-in data set for part-of-speech tagging, with a known grammar: many words are nouns, verbs or modals depending on their context.
// It is generated with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'

const sentences = 4000
const determiners = ['the', 'a', 'this', 'every', 'my']
const adjectives = ['old', 'small', 'light', 'red', 'quick', 'last']
const nouns = [
  'dog',
  'apple',
  'saw',
  'duck',
  'watch',
  'train',
  'fish',
  'light',
  'can',
  'run',
  'walk',
  'plan',
  'girl',
  'man',
]
const modals = ['can', 'will', 'may', 'must']
const prepositions = ['with', 'on', 'near', 'by', 'for']
/** Nominative and oblique forms. */
const pronouns = [
  ['she', 'her'],
  ['he', 'him'],
  ['they', 'them'],
  ['we', 'us'],
  ['I', 'me'],
] as const
/** Base form, past form, and probability of an object. */
const verbs = [
  ['eat', 'ate', 0.75], ['saw', 'sawed', 1], ['duck', 'ducked', 0], ['watch', 'watched', 0.75], ['train', 'trained', 0.75],
  ['fish', 'fished', 0], ['light', 'lit', 1], ['run', 'ran', 0.75], ['walk', 'walked', 0.75], ['plan', 'planned', 0.75],
  ['see', 'saw', 1], ['can', 'canned', 1],
] as const // prettier-ignore
/** Adverbs before the verb, and adverbs at the end of the sentence. */
const before = ['often', 'never']
const after = ['here', 'last']

function generate(): string {
  const random = randomStream({ seed: [0x73656e74, 0x656e6365], step: 0 }, 1)
  const chance = (p: number) => random.uniform() < p
  const one = <T>(list: readonly T[]): T => list[random.below(list.length)]!

  function nounPhrase(subject: string, nested: boolean): string[] {
    const determiner = one(determiners)
    const rest = [...(chance(0.4) ? [`${one(adjectives)}/ADJ`] : []), `${one(nouns)}/NOUN`]
    const article = determiner === 'a' && /^[aeiou]/.test(rest[0]!) ? 'an' : determiner
    return [`${article}/DET`, ...rest, ...(!nested && chance(0.3) ? preposition(subject) : [])]
  }
  /** An object; never a first-person pronoun after a first-person subject ("I saw me"). */
  function object(subject: string, nested: boolean): string[] {
    if (chance(0.75)) return nounPhrase(subject, nested)
    const others = pronouns.filter(([, form]) => !/^(we|I)$/.test(subject) || !/^(us|me)$/.test(form))
    return [`${one(others)[1]}/PRON`]
  }
  const preposition = (subject: string): string[] => [`${one(prepositions)}/PREP`, ...object(subject, true)]

  function sentence(): string {
    const pronoun = chance(0.25) ? one(pronouns)[0] : ''
    const modal = chance(0.8)
    const [base, past, withObject] = one(verbs)
    const words = [
      ...(pronoun ? [`${pronoun}/PRON`] : nounPhrase('', false)),
      ...(modal ? [`${one(modals)}/MODAL`] : []),
      ...(chance(0.15) ? [`${one(before)}/ADV`] : []),
      `${modal ? base : past}/VERB`,
      ...(chance(withObject) ? object(pronoun, false) : []),
      ...(chance(0.25) ? preposition(pronoun) : []),
      ...(chance(0.1) ? [`${one(after)}/ADV`] : []),
    ]
    return `${words.join(' ')} ./.`
  }
  return `${Array.from({ length: sentences }, sentence).join('\n')}\n`
}

let cached: string | undefined

/** 4,000 lines of word/TAG; generated once and cached. */
export const sentencesText = (): string => (cached ??= generate())
