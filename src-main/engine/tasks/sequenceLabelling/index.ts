// A tag for every word of a line: parts of speech, names.
import { z } from 'zod'
import { taggedLines } from '../../formats/taggedLines.ts'
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
  ...lineFields.first('sentences'),
  ...lineFields.words,
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: taggedLines, unit: 'word', keep: 'beginning' })

export const sequenceLabelling = defineTask({
  id: 'sequence-labelling',
  title: 'Sequence labelling',
  about: 'A tag for every word: word/TAG word/TAG.',
  reads: 'sequences',
  data,
  traits: { symbols: [], padding: [], readsAhead: [], gradient: [], rareClasses: [] },
  allowed: [wholeSequences],
  formerly: { kind: 'examples', format: 'tagged' },
  format: taggedLines,
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
      topology: 'each',
      input: { symbols },
      output: { kind: 'classes', count: labels },
      next: false,
      words: lineReading(linesOf(config.data)).unit === 'word',
    }),
  open: (config, text, known) => examplesTask(config, linesSource(config, linesOf(config.data), text, known)),
})
