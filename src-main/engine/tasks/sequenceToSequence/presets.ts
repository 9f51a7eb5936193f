// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'numerals',
    title: 'Numerals to digits',
    about:
      'Translation letter by letter: a bidirectional encoder reads "two hundred and five", a decoder generates 205 and an end token.',
    promises: [{ metric: 'val/sequence_accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark:
      'Fraction of 1,200 held-out numbers, none of them in the training part, that are translated without an error.',
    config: {
      preset: 'numerals',
      task: 'sequence-to-sequence',
      data: { dataset: 'numerals', unit: 'char' },
      model: { cell: 'gru', hidden: 64, layers: 1, input: 'embedding', embedding: 32, bidirectional: true },
      train: { ...whole, steps: 1000, buckets: 4 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 250 },
    },
  },
]
