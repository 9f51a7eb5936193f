// A text is read whole, another one is written: translation, transliteration.
import { z } from 'zod'
import { pairLines } from '../../formats/pairLines.ts'
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
  ...lineFields.first('numerals'),
  ...lineFields.unit,
  ...lineFields.rest,
})
type Data = z.output<typeof data>

const linesOf = (data: Data): LinesData => ({ ...data, format: pairLines, keep: 'beginning' })

export const sequenceToSequence = defineTask({
  id: 'sequence-to-sequence',
  title: 'Sequence to sequence',
  about: 'An encoder reads a text, a decoder writes another one: text, tab, text.',
  reads: 'sequences',
  data,
  traits: {
    symbols: [],
    padding: [],
    answersAfterReading: [],
    readsAhead: [],
    predictsNext: [],
    gradient: [],
    rareClasses: [],
  },
  allowed: [wholeSequences],
  formerly: { kind: 'examples', format: 'pairs' },
  format: pairLines,
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
      topology: 'pair',
      input: { symbols },
      output: { kind: 'classes', count: labels + 1 },
      next: false,
      words: lineReading(linesOf(config.data)).unit === 'word',
    }),
  open: (config, text, known) => examplesTask(config, linesSource(config, linesOf(config.data), text, known)),
})
