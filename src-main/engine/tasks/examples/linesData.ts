// Options of the tasks on lines of text (one example per line), and how their lines are tokenised.
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
  'Keep this many most frequent words of the training part; all others become one unknown word, which is an input but never a target.',
  { scale: 'log', also: 'vocab_size vocab max_vocab max_features num_words max_tokens' },
)

/** Fields that the tasks on lines share: `first` comes before a task's own options, `rest` after them. */
export const lineFields = {
  first: (defaultDataset: string) => ({
    dataset: datasetId.default(defaultDataset).meta(meta('Text', 'A text with one example per line.')),
  }),
  unit: {
    unit: z.enum(['char', 'word']).default('word').meta(meta('Symbols', 'What one symbol is.', { values: { char: 'a character (Unicode code point)', word: 'a word, a number or a mark' }, also: 'tokenizer tokenization level' })),
    vocabulary: vocabulary.meta({ ...vocabularyMeta, when: { path: 'data.unit', in: ['word'] } }),
  },
  words: { vocabulary: vocabulary.meta(vocabularyMeta) },
  rest: {
    maxLength: z.int().min(1).max(4096).default(80).meta(meta('Longest example', 'Maximum number of symbols of an example; longer ones are truncated.', { scale: 'log', unit: 'symbols', also: 'max_len max_length maxlen' })),
    lowercase: z.boolean().default(false).meta(meta('Lower case', 'Lower-case the texts (not labels and tags).', { also: 'lower do_lower_case' })),
    validation: z.number().min(0).max(0.9).default(0.3).meta(meta('Validation split', 'Fraction of lines at the end of the text that are held out. The lines before them are shuffled anew in every epoch. Validation runs on batches of 32, sorted by length, independent of train.*.', { also: 'validation_split val_split val_fraction test_size' })),
    tokenizer,
  },
} // prettier-ignore

/** Options for reading lines, complete for every task. */
export interface LinesData {
  format: LineFormat
  dataset: string
  unit: 'char' | 'word'
  vocabulary: number
  maxLength: number
  truncate: 'beginning' | 'end'
  /** Whether the first two columns are exchanged. */
  reverse?: boolean
  lowercase: boolean
  validation: number
  tokenizer: 1 | 2
}

/** How lines are tokenised; tagged lines are split on white space only. */
export const lineReading = ({ format, unit, tokenizer, lowercase }: LinesData): Reading => ({
  ...plainReading,
  unit,
  tokenizer,
  lowercase,
  splitsOnSpaces: format === taggedLines,
})

export const lineAbilities: Abilities = {
  generates: null,
  inspects: 'text',
  saliency: null,
  applies: 'texts',
  answers: 'examples',
}
/** Restricts `train.bptt` to full: examples are whole sequences. */
export const wholeSequences: Allowed = {
  path: 'train.bptt',
  values: ['full'],
  why: 'examples are whole sequences',
}
