// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'digits',
    title: 'Drawn digits from four corners',
    about: 'Which digit a small drawing shows: two-dimensional LSTMs go over it from all four corners, and the mean over all places is read.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.97, seeds: { kept: 10, of: 10 } }],
    remark: 'Measured on 128 unseen digits.',
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
