// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'tags',
    title: 'Parts of speech',
    about:
      'Generated sentences, a tag for every word. "Can", "saw" and "watch" are ambiguous; a bidirectional network resolves them from the context.',
    promises: [
      {
        metric: 'val/accuracy',
        atLeast: 0.99,
        baseline: 'val/accuracy_most_frequent_tag',
        seeds: { kept: 10, of: 10 },
      },
    ],
    remark: 'Fraction of the tags of held-out sentences; without context the accuracy is about 0.885.',
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
