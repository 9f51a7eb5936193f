// Options of texts with one example on every line, and the three ways to read a line.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'
import type { Abilities, Allowed } from '../../../contract/taskInfo.ts'
import { plainReading, type Reading } from '../../data/reading.ts'
import type { LineFormat } from '../../formats/format.ts'
import { taggedLines } from '../../formats/taggedLines.ts'
import { tokenizer } from '../tokenizer.ts'

const vocabulary = z.int().min(2).max(65536).default(20000)
const vocabularyMeta = meta(
  'Vocabulary',
  'Keep this many most frequent words of the training part; all others become one unknown word, which is read but never asked for.',
  { scale: 'log', also: 'vocab_size vocab max_vocab max_features num_words max_tokens' },
)

/** `dataset` first, the rest last; a task puts its own options between. */
export const lineFields = {
  first: (usual: string) => ({
    dataset: datasetId.default(usual).meta(meta('Text', 'A text with one example on every line.')),
  }),
  unit: {
    unit: z.enum(['char', 'word']).default('word').meta(meta('Symbols', 'What one symbol is.', { values: { char: 'a character (Unicode code point)', word: 'a word, a number or a mark' }, also: 'tokenizer tokenization level' })),
    vocabulary: vocabulary.meta({ ...vocabularyMeta, when: { path: 'data.unit', in: ['word'] } }),
  },
  words: { vocabulary: vocabulary.meta(vocabularyMeta) },
  rest: {
    maxLength: z.int().min(1).max(4096).default(80).meta(meta('Longest example', 'Symbols of an example that are read; the rest is cut off.', { scale: 'log', unit: 'symbols', also: 'max_len max_length maxlen' })),
    lowercase: z.boolean().default(false).meta(meta('Lower case', 'Fold capitals of the texts (not of labels and tags).', { also: 'lower do_lower_case' })),
    validation: z.number().min(0).max(0.9).default(0.3).meta(meta('Validation split', 'The last lines, never trained on. The cut keeps order; the lines before it are shuffled anew in every epoch. They are validated 32 at once in order of length, whatever train.* says.', { also: 'validation_split val_split val_fraction test_size' })),
    tokenizer,
  },
} // prettier-ignore

/** What the reader of lines needs to know, whatever the task. */
export interface LinesData {
  format: LineFormat
  dataset: string
  unit: 'char' | 'word'
  vocabulary: number
  maxLength: number
  truncate: 'beginning' | 'end'
  lowercase: boolean
  validation: number
  tokenizer: 1 | 2
}

/** Words of tagged lines stand apart by white space alone. */
export const lineReading = ({ format, unit, tokenizer, lowercase }: LinesData): Reading => ({
  ...plainReading,
  unit,
  tokenizer,
  lowercase,
  apart: format === taggedLines,
})

export const lineAbilities: Abilities = { generates: null, inspects: 'text', answers: 'examples' }
/** Examples are whole sequences. */
export const wholeSequences: Allowed = {
  path: 'train.bptt',
  values: ['full'],
  why: 'examples are whole sequences',
}
