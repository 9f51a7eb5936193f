// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'tags',
    title: 'Parts of speech',
    about:
      'Generated sentences, a tag for every word. "Can", "saw" or "watch" are several things; a network of both directions sees which.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'The share of tags of held-out sentences; reading one word at a time stays near 0.885.',
    config: {
      preset: 'tags',
      task: 'sequence-labelling',
      data: { dataset: 'sentences' },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 32, bidirectional: true },
      train: { ...whole, steps: 300, buckets: 3 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 50, sampleEvery: 50 },
    },
  },
]
