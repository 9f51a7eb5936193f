// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'addition',
    title: 'Binary addition',
    about:
      'Adds two 8-bit numbers digit by digit, least significant first; the carry must be remembered. The published recipe (16 units, learning rate 0.1) on 20,000 samples; with its 10,000 samples the accuracy of some seeds stays near 0.5.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'Fraction of held-out sums of which every bit is right.',
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
