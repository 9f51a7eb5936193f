// The probabilities of an n-gram model of the training text beside those of a network, for next words. The model that was counted last is kept.
import type { TextAnswer } from '../../contract/apply.ts'
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { interpolatedNgram, type InterpolatedNgram } from '../data/interpolatedNgram.ts'
import { encodeText } from '../data/reading.ts'
import { unknownId } from '../data/vocabulary.ts'
import type { TrainedModel } from './model.ts'

interface Counted {
  texts: readonly { ids: Int32Array }[]
  order: number
  /** The training text of the run; undefined if it is not there. */
  training: (() => string) | undefined
}

let last: { config: RunConfig; model: InterpolatedNgram } | undefined

/** Adds the n-gram probability of each word to answers of next words. Throws E_ARG for other answers, E_DATA_EMPTY without a training text. */
export function addNgramProbabilities(
  { config, symbols }: TrainedModel,
  answers: readonly TextAnswer[],
  { texts, order, training }: Counted,
): void {
  const refuse = (code: 'E_ARG' | 'E_DATA_EMPTY', message: string) =>
    new UnrollError(code, message, { path: 'ngram' })
  const model = () => {
    if (last?.config === config && last.model.order === order) return last.model
    if (!training)
      throw refuse('E_DATA_EMPTY', 'ngram: the text of the run is not there, so no n-gram can be counted.')
    const vocabulary = symbols.symbols.length
    const ids = encodeText(training(), symbols).ids
    last = { config, model: interpolatedNgram(ids, { order, vocabulary, ignored: unknownId(symbols) }) }
    return last.model
  }
  answers.forEach((answer, i) => {
    if (answer.kind !== 'next')
      throw refuse('E_ARG', 'ngram: only next words have an n-gram model beside them. Leave it out.')
    const p = model().distribution(texts[i]!.ids)
    for (const word of answer.words) word.ngram = p[symbols.ids.get(word.name)!]!
  })
}
