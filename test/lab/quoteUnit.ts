// What must hold of the unit that remembers an open quotation: it is found, and the network closes quotations by it.
import type { TrainedModel } from '../../src-main/engine/index.ts'
import { interventionEffects } from '../../src-main/engine/probes/effect.ts'
import type { Check } from './bed.ts'
import { bestUnit } from './bestUnit.ts'

/** Characters on which effects are measured. */
const effectLength = 10_000

/** The text from the beginning of its first whole sentence on; cut inside a quotation, it would have all marks mistaken. */
export const fromSentence = (text: string): string => text.slice(text.search(/\.\s/u) + 2)

export const quoteUnit = (model: TrainedModel, text: string) => bestUnit(model, text, 'quote')

export function quoteChecks(model: TrainedModel, text: string): Check[] {
  const { unit, auc, f1 } = quoteUnit(model, text)
  const outside = `L1.c[${unit}]=set(median(not quote))`
  const { classes, effects } = interventionEffects(model, {
    text: text.slice(0, effectLength),
    predicate: 'quote',
    variants: [[outside]],
  })
  const changes = effects[0]!.classes
  const closing = classes.findIndex(({ name, held }) => name === '"' && held)
  const letters = [...classes.keys()].filter((i) => classes[i]!.name === 'letters')
  const count = letters.reduce((sum, i) => sum + classes[i]!.count, 0)
  const change = letters.reduce((sum, i) => sum + (classes[i]!.count / count) * changes[i]!, 0)
  return [
    { name: 'quote unit of c: AUC', measured: auc, must: { atLeast: 0.99 } },
    { name: 'quote unit of c: held-out F1', measured: f1, must: { atLeast: 0.95 } },
    {
      name: 'held at its median outside: loss of closing quotes, nats more',
      measured: changes[closing] ?? NaN,
      must: { atLeast: 3 },
    },
    {
      name: 'held at its median outside: loss of letters, nats more',
      measured: Math.abs(change),
      must: { atMost: 0.5 },
    },
  ]
}
