// A text task's data: encoded symbols, cut in order into a part to train on and a part to validate on.
import type { TextData } from '../../contract/config.ts'
import { UnrollError, type Warning } from '../../contract/errors.ts'
import {
  charVocabulary,
  encodePoints,
  encodeWords,
  prepareText,
  readCodePoints,
  splitSymbols,
  wordVocabulary,
  type Vocabulary,
} from './vocabulary.ts'

export interface Corpus {
  vocabulary: Vocabulary
  train: Int32Array
  /** Empty when too short to predict anything. */
  validation: Int32Array
  warnings: Warning[]
}

/** Throws E_DATA_EMPTY, E_VOCAB_MAX, or E_CONFIG_DATA when `known` (the vocabulary of a checkpoint) lacks symbols. */
export function readCorpus(text: string, data: TextData, known?: Vocabulary): Corpus {
  if (text.trim() === '') {
    const what = text === '' ? 'is empty' : 'holds only white space'
    throw new UnrollError('E_DATA_EMPTY', `data.dataset: the text ${what}. Choose a text with words in it.`, {
      path: 'data.dataset',
    })
  }
  const { ids, vocabulary } = encode(prepareText(text, data), data, known)
  const held = Math.round(ids.length * data.validation)
  const cut = ids.length - held
  const warnings: Warning[] = []
  if (vocabulary.symbols.length === 1) {
    warnings.push({
      code: 'W_VOCAB_1',
      message: `the text has one symbol only (${JSON.stringify(vocabulary.symbols[0])}): the loss is constant 0.`,
    })
  }
  return {
    vocabulary,
    train: ids.slice(0, cut),
    validation: held >= 2 ? ids.slice(cut) : new Int32Array(0),
    warnings,
  }
}

function encode(
  text: string,
  data: TextData,
  known?: Vocabulary,
): { ids: Int32Array; vocabulary: Vocabulary } {
  if (data.unit === 'word') {
    const words = splitSymbols(text, 'word')
    const vocabulary = known ?? wordVocabulary(words, data.vocabulary)
    return { ids: encodeWords(words, vocabulary), vocabulary }
  }
  const points = readCodePoints(text)
  const vocabulary = known ?? charVocabulary(points)
  return { ids: encodePoints(points, vocabulary), vocabulary }
}
