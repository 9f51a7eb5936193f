// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'digits',
    title: 'Drawn digits, four scan directions',
    about: 'Classifies small drawings of digits: two-dimensional LSTMs scan an image from all four corners, and the mean of their states over all pixels is classified.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.97, seeds: { kept: 10, of: 10 } }],
    remark: 'Measured on 128 held-out digits.',
    config: {
      preset: 'digits',
      task: 'image-classification',
      data: { texture: 'digits', size: 16, levels: 4 },
      model: { cell: 'md-lstm', hidden: 16, layers: 1, input: 'embedding', embedding: 8, options: { directions: 4 } },
      train: { bptt: 'full', batch: 32, steps: 400 },
      optimizer: { name: 'adam', lr: 0.01, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 50, sampleEvery: 100 },
    },
  },
] // prettier-ignore
