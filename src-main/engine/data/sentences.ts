// Tagged sentences with a known grammar, for learning parts of speech: many words are a noun here and a verb or a modal there, so the
// words around decide. Generated, always the same; nothing is stored.
import { randomStream } from '../run/random.ts'

const sentences = 4000
const words = {
  DET: ['the', 'a', 'this', 'every', 'my'],
  ADJ: ['old', 'small', 'light', 'red', 'quick', 'last'],
  NOUN: ['dog', 'apple', 'saw', 'duck', 'watch', 'train', 'fish', 'light', 'can', 'run', 'walk', 'plan', 'girl', 'man'],
  PRON: ['she', 'he', 'they', 'we', 'i'],
  MODAL: ['can', 'will', 'may', 'must'],
  VERB: ['eat', 'saw', 'duck', 'watch', 'train', 'fish', 'light', 'run', 'walk', 'plan', 'see', 'can'],
  PREP: ['with', 'on', 'near', 'by', 'for'],
  ADV: ['often', 'last', 'here', 'never'],
} as const // prettier-ignore
type Tag = keyof typeof words

function generate(): string {
  const random = randomStream({ seed: [0x73656e74, 0x656e6365], step: 0 }, 1)
  const chance = (p: number) => random.uniform() < p
  const one = (tag: Tag): string => {
    const list = words[tag]
    return `${list[random.below(list.length)]!}/${tag}`
  }
  const nounPhrase = (depth = 0): string[] => {
    if (chance(0.25)) return [one('PRON')]
    const plain = [one('DET'), ...(chance(0.4) ? [one('ADJ')] : []), one('NOUN')]
    return depth === 0 && chance(0.3) ? [...plain, one('PREP'), ...nounPhrase(1)] : plain
  }
  const verbPhrase = (): string[] => [
    ...(chance(0.4) ? [one('MODAL')] : []),
    ...(chance(0.2) ? [one('ADV')] : []),
    one('VERB'),
    ...(chance(0.75) ? nounPhrase() : []),
    ...(chance(0.25) ? [one('PREP'), ...nounPhrase(1)] : []),
  ]
  const lines = Array.from({ length: sentences }, () => [...nounPhrase(), ...verbPhrase(), './.'].join(' '))
  return `${lines.join('\n')}\n`
}

let made: string | undefined

/** 4,000 sentences of word/TAG; made once, then kept. */
export const sentencesText = (): string => (made ??= generate())
