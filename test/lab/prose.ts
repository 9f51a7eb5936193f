// Prose: the built-in text, whose quotations have words of their own, with the preset of that name and half as many steps again: after 2,000 some seeds
// still tell by the words, too, that they are in a quotation, and lose less without the unit.
import { proseText, proseValidation } from '../../src-main/engine/data/prose.ts'
import { catalog } from '../../src-main/engine/index.ts'
import type { Bed } from './bed.ts'
import { fromSentence, quoteChecks } from './quoteUnit.ts'

export const prose: Bed = {
  name: 'prose',
  about: 'The built-in prose: most words of a quotation occur nowhere else.',
  measure(train) {
    const { config } = catalog().presets.find(({ id }) => id === 'prose')!
    const text = proseText()
    const { model } = train({ ...config, train: { ...config.train, steps: 3000 } }, text)
    return quoteChecks(model, fromSentence(text.slice(Math.round(-text.length * proseValidation))))
  },
}
