// Prose-N: prose in which only the quotation mark says that a word is quoted, since quotations have no words of their own.
import { generateProse } from '../../src-main/engine/data/prose.ts'
import { settingsOf, type Bed } from './bed.ts'
import { quoteChecks } from './quoteUnit.ts'

const trainLength = 1_000_000

/** The text from the beginning of its first whole sentence on; cut inside a quotation, it would have all marks mistaken. */
const fromSentence = (text: string): string => text.slice(text.search(/\.\s/u) + 2)

export const proseN: Bed = {
  name: 'prose-n',
  about: 'Prose whose quotations have no words of their own: the opening mark must be remembered.',
  measure(train) {
    const text = generateProse({ characters: trainLength + 40_000, speechWords: false })
    const model = train(settingsOf({}, { window: 128, steps: 2000 }), text.slice(0, trainLength))
    return quoteChecks(model, fromSentence(text.slice(trainLength)))
  },
}
