// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'numerals',
    title: 'Numerals to digits',
    about:
      'Translation letter by letter: a bidirectional encoder reads "two hundred and five", a decoder with attention generates 205 and an end token.',
    promises: [{ metric: 'val/sequence_accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark:
      'Fraction of 1,200 held-out numbers, none of them in the training part, that are translated without an error.',
    config: {
      preset: 'numerals',
      task: 'sequence-to-sequence',
      data: { dataset: 'numerals', unit: 'char' },
      model: {
        cell: 'gru',
        hidden: 64,
        layers: 1,
        input: 'embedding',
        embedding: 32,
        bidirectional: true,
        attention: 'additive',
      },
      train: { ...whole, steps: 1000, buckets: 4 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 250 },
    },
  },
  {
    id: 'word-order',
    title: 'Translation with another word order',
    about:
      'English sentences are translated into an invented language with the verb at the end, adjectives after their nouns and agreement; the attention shows which word each one comes from.',
    promises: [{ metric: 'val/sequence_accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark:
      'Fraction of 1,800 held-out sentences that are translated without an error. Without attention it is 0.06 after 1,500 steps. With data.reverse the invented language is translated into English, as well.',
    config: {
      preset: 'word-order',
      task: 'sequence-to-sequence',
      data: { dataset: 'word-order', unit: 'word' },
      model: {
        cell: 'gru',
        hidden: 64,
        layers: 1,
        input: 'embedding',
        embedding: 32,
        bidirectional: true,
        attention: 'additive',
      },
      train: { ...whole, steps: 800, buckets: 4 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 200 },
    },
  },
]
