// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'addition',
    title: 'Binary addition',
    about:
      'Adds two 8-bit numbers digit by digit, least significant first; the carry must be remembered. The published recipe (16 units, rate 0.1) on 20,000 samples: with its 10,000 some seeds stay near half.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'The share of fresh sums that are right in every bit.',
    config: {
      preset: 'addition',
      task: 'binary-addition',
      data: { bits: 8 },
      model: { cell: 'elman', hidden: 16, layers: 1, init: 'xavier' },
      train: { bptt: 'full', batch: 1, steps: 0, epochs: 2 },
      optimizer: { name: 'sgd', lr: 0.1, clipNorm: 0 },
      schedule: { name: 'constant' },
      logging: { logEvery: 100, evalEvery: 1000, sampleEvery: 0, checkpointEvery: 5000 },
    },
  },
]
