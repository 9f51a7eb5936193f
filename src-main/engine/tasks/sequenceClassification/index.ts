// One label per line: a sentiment, a topic, a language.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'
import { labelledLines } from '../../formats/labelledLines.ts'
import { defineTask } from '../defineTask.ts'
import {
  lineAbilities,
  lineFields,
  lineReading,
  wholeSequences,
  type LinesData,
} from '../examples/linesData.ts'
import { readExample } from '../examples/lines.ts'
import { exampleNetwork } from '../examples/network.ts'
import { linesSource } from '../examples/sources.ts'
import { examplesTask } from '../examples/training.ts'
import { presets } from './presets.ts'

const data = z.strictObject({
  ...lineFields.first('reviews'),
  ...lineFields.unit,
  keep: z
    .enum(['beginning', 'end'])
    .default('beginning')
    .meta(
      meta('Keep', 'Which part of a longer text is read.', {
        values: { beginning: 'its first symbols', end: 'its last symbols' },
      }),
    ),
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: labelledLines })

export const sequenceClassification = defineTask({
  id: 'sequence-classification',
  title: 'Sequence classification',
  about: 'A label for every line: label, tab, text.',
  reads: 'sequences',
  data,
  traits: {
    symbols: [],
    padding: [],
    oneAnswer: [],
    answersAfterReading: [],
    readsAhead: [],
    gradient: [],
    rareClasses: [],
  },
  allowed: [wholeSequences],
  formerly: { kind: 'examples', format: 'labelled' },
  format: labelledLines,
  presets,
  dataInWords: ({ dataset }) => dataset,
  abilities: () => lineAbilities,
  validates: ({ validation }) => validation > 0,
  text: {
    reading: (data) => lineReading(linesOf(data)),
    whole: () => true,
    stretch: (text, data, offset, length) => readExample(text, linesOf(data), offset, length),
  },
  network: (config, symbols, labels) =>
    exampleNetwork(config, {
      topology: 'one',
      input: { symbols },
      output: { kind: 'classes', count: labels },
      next: false,
      words: lineReading(linesOf(config.data)).unit === 'word',
    }),
  open: (config, text, known) => examplesTask(config, linesSource(config, linesOf(config.data), text, known)),
})
