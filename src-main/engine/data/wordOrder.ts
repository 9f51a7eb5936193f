// A built-in data set for translation with reordering: sentences of a small English grammar, a tab, the same in an invented language. Subject,
// verb, object there become subject, object, verb here; nouns precede their adjectives, which agree. It is generated with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'
import { inventWords, type Random } from './inventedWords.ts'

const pairs = 6000
const nouns = ['dog', 'cat', 'farmer', 'teacher', 'bird', 'king', 'doctor', 'child', 'sailor', 'horse', 'painter', 'robot', 'tree', 'river', 'boat', 'letter'] // prettier-ignore
const plurals: Readonly<Record<string, string>> = { child: 'children' }
const adjectives = ['big', 'small', 'old', 'young', 'red', 'white', 'happy', 'quiet', 'strange', 'clever', 'tired', 'brave'] // prettier-ignore
const verbs = ['see', 'follow', 'paint', 'help', 'hear', 'find', 'remember', 'carry', 'like', 'know']
const adverbs = ['today', 'often', 'never', 'slowly']
const prepositions = ['near', 'behind', 'with', 'under']
const determiners = ['the', 'this', 'every', 'two', 'many', 'some'] as const
const isPlural: Readonly<Record<(typeof determiners)[number], boolean>> = { the: false, this: false, every: false, two: true, many: true, some: true } // prettier-ignore

interface Phrase {
  english: string[]
  invented: string[]
  plural: boolean
}

/** A grammar with its dictionary, drawn from a random stream. */
function grammar(random: Random) {
  const stems = inventWords(random, 400).filter((word) => word.length > 3)
  const english = [...nouns, ...adjectives, ...verbs, ...adverbs, ...prepositions, ...determiners]
  const dictionary = new Map(english.map((word, i) => [word, stems[i]!]))
  const word = (of: string) => dictionary.get(of)!
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!
  /** Nouns of the second half have the other gender, which shows in their adjectives and determiners. */
  const gender = (noun: string) => (nouns.indexOf(noun) < nouns.length / 2 ? 'a' : 'o')
  const nounPhrase = (): Phrase => {
    const [determiner, noun] = [pick(determiners), pick(nouns)]
    const first = pick(adjectives)
    const rest = adjectives.filter((one) => one !== first)
    const own = [first, pick(rest)].slice(0, random.below(3))
    const plural = isPlural[determiner]
    const ending = `${gender(noun)}${plural ? 'n' : ''}`
    return {
      english: [determiner, ...own, plural ? (plurals[noun] ?? `${noun}s`) : noun],
      invented: [
        `${word(noun)}${plural ? 'ni' : ''}`,
        ...own.toReversed().map((one) => `${word(one)}${ending}`),
        `${word(determiner)}${gender(noun)}`,
      ],
      plural,
    }
  }
  const third = (verb: string) => (verb === 'carry' ? 'carries' : `${verb}s`)
  return (): [english: string, invented: string] => {
    const [subject, object, verb] = [nounPhrase(), nounPhrase(), pick(verbs)]
    const place = random.below(2) === 0 ? undefined : nounPhrase()
    const preposition = pick(prepositions)
    const adverb = random.below(2) === 0 ? [] : [pick(adverbs)]
    const said = [
      ...subject.english,
      subject.plural ? verb : third(verb),
      ...object.english,
      ...(place ? [preposition, ...place.english] : []),
      ...adverb,
    ]
    const invented = [
      ...adverb.map(word),
      ...subject.invented,
      ...(place ? [...place.invented, word(preposition)] : []),
      ...object.invented,
      `${word(verb)}${subject.plural ? 'mu' : 'ti'}`,
    ]
    return [`${said.join(' ')} .`, `${invented.join(' ')} .`]
  }
}

function generate(): string {
  const random = randomStream({ seed: [0x776f7264, 0x6f726472], step: 0 }, 1)
  const sentence = grammar(random)
  const lines = new Set<string>()
  while (lines.size < pairs) lines.add(sentence().join('\t'))
  return `${[...lines].join('\n')}\n`
}

let cached: string | undefined

/** 6,000 lines with distinct pairs of sentences; generated once and cached. */
export const wordOrderText = (): string => (cached ??= generate())
