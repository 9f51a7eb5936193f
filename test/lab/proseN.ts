// Prose-N: prose in which only the quotation mark says that a word is quoted, since quotations have no words of their own.
import { rankedUnits } from '../../src-main/contract/inspect.ts'
import { generateProse } from '../../src-main/engine/data/prose.ts'
import { findUnits, type TrainedModel } from '../../src-main/engine/index.ts'
import { matchUnits } from '../../src-main/engine/probes/match.ts'
import { settingsOf, type Bed } from './bed.ts'
import { patchChecks } from './quotePatches.ts'
import { fromSentence, quoteChecks, quoteUnit } from './quoteUnit.ts'
import { spanChecks } from './spanMatches.ts'

const trainLength = 1_000_000

/** Held-out AUC of one unit of c for quotations. */
function scoreOf(model: TrainedModel, text: string, unit: number): number {
  const ranking = findUnits(model, { text, predicate: 'quote', signals: ['c'], top: 1000 })
  return rankedUnits(ranking).find((one) => one.unit === unit)!.score
}

export const proseN: Bed = {
  name: 'prose-n',
  about: 'Prose whose quotations have no words of their own: the opening mark must be remembered.',
  measure(train) {
    const text = generateProse({ characters: trainLength + 40_000, speechWords: false })
    const heldOut = fromSentence(text.slice(trainLength))
    // The unit appears between 1,000 and 4,500 steps, which depends on the seed.
    const settings = settingsOf({}, { window: 128, steps: 4500 })
    const [first, second] = [0, 1].map((run) => train(settings, text.slice(0, trainLength), run).model)
    const { unit } = quoteUnit(first!, heldOut)
    const { units } = matchUnits(first!, { text: heldOut, other: second!, signal: 'tanh_c', seed: 0 })
    const match = units.find((one) => one.unit === unit)!
    return [
      ...quoteChecks(first!, heldOut),
      ...patchChecks(first!, heldOut, unit),
      ...spanChecks(first!, heldOut, unit),
      {
        name: 'two seeds: |correlation| of the quote unit with its best match',
        measured: Math.abs(match.best.correlation),
        must: { atLeast: 0.8 },
      },
      {
        name: 'two seeds: AUC of that match for quotations in the other network',
        measured: scoreOf(second!, heldOut, match.best.unit),
        must: { atLeast: 0.98 },
      },
    ]
  },
}
