// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'numerals',
    title: 'Numerals to digits',
    about:
      'Translation letter by letter: an encoder of both directions reads "two hundred and five", a decoder writes 205 and ends.',
    promises: [{ metric: 'val/sequence_accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark:
      'The share of 1,200 held-out numbers, none of them seen before, that are written without a fault.',
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
