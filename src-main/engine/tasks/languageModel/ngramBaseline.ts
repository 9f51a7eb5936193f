// The n-gram model of data.ngram: counted in the training part of a text, and its loss on the held-out symbols that the network predicts.
import { interpolatedNgram, type InterpolatedNgram } from '../../data/interpolatedNgram.ts'
import { unknownId } from '../../data/vocabulary.ts'
import type { Corpus } from './corpus.ts'

/** The n-gram model of the training part, whose unknown word is never a target. */
export const ngramOf = ({ vocabulary, train }: Corpus, order: number): InterpolatedNgram =>
  interpolatedNgram(train, { order, vocabulary: vocabulary.symbols.length, ignored: unknownId(vocabulary) })

/** Mean negative log-likelihood of the held-out symbols from number `first` on, in nats, without unknown words. */
export function ngramLoss(corpus: Corpus, order: number, first: number): number {
  const model = ngramOf(corpus, order)
  const unknown = unknownId(corpus.vocabulary)
  const { validation } = corpus
  let [nats, count] = [0, 0]
  for (let at = first; at < validation.length; at++) {
    if (validation[at] === unknown) continue
    nats -= Math.log(model.probability(validation, at))
    count++
  }
  return nats / count
}
