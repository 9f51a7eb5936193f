// Options of the data of a language model.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'
import { tokenizer } from '../tokenizer.ts'

export const textData = z.strictObject({
  dataset: datasetId.default('prose').meta(meta('Text', 'A built-in text or one that you imported.')),
  unit: z.enum(['char', 'word']).default('char').meta(meta('Symbols', 'What one symbol is.', { values: { char: 'a character (Unicode code point)', word: 'a word, a number or a mark' }, also: 'tokenizer tokenization level' })),
  vocabulary: z.int().min(2).max(65536).default(20000).meta(meta('Vocabulary', 'Keep this many most frequent words; the rest become one unknown word, which is an input but never a target.', { scale: 'log', when: { path: 'data.unit', in: ['word'] }, also: 'vocab_size vocab max_vocab max_features num_words max_tokens' })),
  lineBreaks: z.enum(['keep', 'space']).default('keep').meta(meta('Line breaks', '', { values: { keep: 'line breaks are symbols', space: 'lines are joined by a space' } })),
  labels: z.enum(['keep', 'drop']).default('keep').meta(meta('Labels of lines', 'Of a text of labelled lines: a label, a tab and a text on each.', { values: { keep: 'labels are part of the text', drop: 'labels are left out; searches of units know them' } })),
  lowercase: z.boolean().default(false).meta(meta('Lower case', 'Lower-case the text before the vocabulary is built.', { also: 'lower do_lower_case' })),
  validation: z.number().min(0).max(0.5).default(0.1).meta(meta('Validation split', 'Fraction of the text, at its end, that is held out. It is read in one stream per 1,024 symbols (32 at most), each with a zero initial state that is carried to its end, independent of train.*.', { also: 'validation_split val_split val_fraction test_size' })),
  context: z.enum(['all', 'window']).default('all').meta(meta('Context of held-out predictions', 'The symbols before a held-out symbol that the network reads to predict it. A network that is trained on windows is best judged on windows.', { values: { all: 'all of the stream so far', window: 'as many as a training window, from a zero state' }, also: 'context_size block_size' })),
  ngram: z.int().min(0).max(9).default(0).meta(meta('n-gram baseline', 'Order n of an interpolated n-gram model, counted in the training part; its loss on the same held-out symbols is recorded as val/loss_ngram. 0: none.', { scale: 'linear', also: 'ngram baseline' })),
  tokenizer,
}) // prettier-ignore
export type TextData = z.output<typeof textData>
