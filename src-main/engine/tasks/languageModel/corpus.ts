// The data of a language model: encoded symbols, split in order into a training part and a validation part. A text is read once to count
// symbols and once more to encode them, when they are first used; it is never held in memory as one string, except for words.
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import { withoutLabels } from '../../data/lineLabels.ts'
import { chunksOf, prepareChunks, prepareText, wholeText, type Text } from '../../data/source.ts'
import { splitSymbols } from '../../data/tokens.ts'
import {
  bytesPerId,
  charVocabulary,
  countPoints,
  encodePoints,
  encodeWords,
  hasUnknownPoint,
  wordVocabulary,
  type Ids,
  type Vocabulary,
} from '../../data/vocabulary.ts'
import type { TextData } from './data.ts'

/** An encoded text, split into training and validation. */
export interface Corpus {
  vocabulary: Vocabulary
  /** Number of symbols of each part; 0 for a validation part that is too short to predict anything. */
  symbols: { train: number; validation: number }
  /** Memory of the encoded symbols, in bytes. */
  bytes: number
  /** Whether the text has symbols that are not in the given vocabulary. */
  hasUnknown: boolean
  readonly train: Ids
  readonly validation: Ids
  warnings: Warning[]
}

/** The text as configured, with or without the labels of its lines. */
export const bodyOf = (text: Text, { labels }: TextData): Text =>
  labels === 'drop' ? withoutLabels(text) : text

interface Counts {
  blank: boolean
  empty: boolean
  seen: Uint8Array
  count: number
}

/** Cache of the counts of long texts, by text and preprocessing: a form requests them again with every change of an option. */
const countsCache = new WeakMap<object, Map<string, Counts>>()

/** The number of characters of a text, and which occur; cached for a long text. */
export function countChars(text: Text, data: TextData): Counts {
  if (typeof text === 'string') return readCounts(text, data)
  const known = countsCache.get(text) ?? new Map<string, Counts>()
  countsCache.set(text, known)
  const key = `${data.labels} ${data.lineBreaks} ${data.lowercase}`
  const counts = known.get(key) ?? readCounts(text, data)
  known.set(key, counts)
  return counts
}

function readCounts(text: Text, data: TextData): Counts {
  let blank = true
  let empty = true
  function* observed(): Generator<string, void, void> {
    for (const chunk of chunksOf(bodyOf(text, data))) {
      empty = false
      blank &&= chunk.trim() === ''
      yield chunk
    }
  }
  const counts = countPoints(prepareChunks({ chunks: observed }, data))
  return { ...counts, blank, empty }
}

interface Encoding {
  vocabulary: Vocabulary
  count: number
  bytes: number
  hasUnknown: boolean
  encode(): Ids
}

function refuseBlank(blank: boolean, empty: boolean): void {
  if (!blank) return
  throw new UnrollError(
    'E_DATA_EMPTY',
    `data.dataset: the text ${empty ? 'is empty' : 'holds only white space'}. Choose a text with words in it.`,
    { path: 'data.dataset' },
  )
}

function byWords(text: Text, data: TextData, known?: Vocabulary): Encoding {
  const whole = wholeText(bodyOf(text, data))
  refuseBlank(whole.trim() === '', whole === '')
  const words = splitSymbols(prepareText(whole, data), 'word', data.tokenizer)
  const vocabulary = known ?? wordVocabulary(words, data.vocabulary)
  const ids = encodeWords(words, vocabulary)
  return {
    vocabulary,
    count: ids.length,
    bytes: ids.byteLength,
    hasUnknown: ids.includes(-1),
    encode: () => ids,
  }
}

function byCharacters(text: Text, data: TextData, known?: Vocabulary): Encoding {
  const { blank, empty, seen, count } = countChars(text, data)
  refuseBlank(blank, empty)
  const vocabulary = known ?? charVocabulary(seen)
  return {
    vocabulary,
    count,
    bytes: count * bytesPerId(vocabulary),
    hasUnknown: known !== undefined && hasUnknownPoint(known, seen),
    encode: () => encodePoints(prepareChunks(bodyOf(text, data), data), count, vocabulary),
  }
}

/** Reads and encodes a text; `known` is the vocabulary of a checkpoint, used instead of the text's own. Throws E_DATA_EMPTY, E_VOCAB_MAX. */
export function readCorpus(text: Text, data: TextData, known?: Vocabulary): Corpus {
  const read = data.unit === 'word' ? byWords(text, data, known) : byCharacters(text, data, known)
  const { vocabulary, count, bytes, hasUnknown } = read
  const heldOut = Math.round(count * data.validation)
  const cut = count - heldOut
  const warnings: Warning[] = []
  if (vocabulary.symbols.length === 1) {
    warnings.push({
      code: 'W_VOCAB_1',
      message: `the text has one symbol only (${JSON.stringify(vocabulary.symbols[0])}): the loss is constant 0.`,
    })
  }
  let parts: { train: Ids; validation: Ids } | undefined
  const encoded = () => {
    if (parts) return parts
    const ids = read.encode()
    return (parts = {
      train: ids.subarray(0, cut),
      validation: ids.subarray(heldOut >= 2 ? cut : ids.length),
    })
  }
  return {
    vocabulary,
    symbols: { train: cut, validation: heldOut >= 2 ? heldOut : 0 },
    bytes,
    hasUnknown,
    get train() {
      return encoded().train
    },
    get validation() {
      return encoded().validation
    },
    warnings,
  }
}
