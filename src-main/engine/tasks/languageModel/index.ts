// The row of the language model: the next symbol of a running text.
import { plainReading } from '../../data/reading.ts'
import { defineTask } from '../defineTask.ts'
import { textData } from './data.ts'
import { readExcerpt, readLabelledLines } from './excerpt.ts'
import { textMetricRows } from './metrics.ts'
import { presets } from './presets.ts'
import { nextWordResponder } from './responder.ts'
import { textNetwork, textTask } from './training.ts'
import { textWarnings } from './warnings.ts'

export const languageModel = defineTask({
  id: 'language-model',
  title: 'Language model',
  about: 'Predicts the next symbol of a running text, and generates text.',
  reads: 'sequences',
  data: textData,
  traits: {
    symbols: [],
    predictsNext: [{ path: 'train.bptt', in: ['truncated', 'online'] }],
    gradient: [],
    rareClasses: [],
  },
  allowed: [
    {
      path: 'train.bptt',
      values: ['truncated', 'online', 'windows'],
      why: '"full" is for tasks of whole sequences',
    },
  ],
  metrics: textMetricRows,
  rankedBy: 'val/loss',
  formerly: { kind: 'text' },
  presets,
  dataSummary: ({ dataset, unit }) => (unit === 'word' ? `${dataset} (words)` : dataset),
  abilities: ({ unit, ngram }) => ({
    generates: 'text',
    inspects: 'text',
    saliency: null,
    applies: unit === 'word' ? 'texts' : null,
    ...(unit === 'word' && ngram > 0 && { ngram }),
    answers: null,
  }),
  validates: ({ validation }) => validation > 0,
  text: {
    reading: ({ unit, tokenizer, lowercase, lineBreaks }) => ({
      ...plainReading,
      unit,
      tokenizer,
      lowercase,
      lineBreaks,
    }),
    whole: ({ unit }) => unit === 'word',
    excerpt: readExcerpt,
    lines: readLabelledLines,
    hasLines: ({ labels }) => labels === 'drop',
  },
  predictsNext: () => true,
  warnings: textWarnings,
  minPositions: ({ train }) => train.window,
  synthetic: (data) => ({ ...data, validation: 0, unit: 'char' as const }),
  network: textNetwork,
  responder: nextWordResponder,
  open: (config, text, known) => textTask(config, text, known?.vocabulary),
})
