// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'pixels',
    title: 'Stripes, pixel by pixel',
    about: 'A two-dimensional LSTM learns the distribution of small striped images and generates them pixel by pixel, also completions of given upper halves.',
    promises: [{ metric: 'val/bits_per_pixel', atMost: 0.35, seeds: { kept: 10, of: 10 } }],
    remark: 'A uniform distribution over four gray levels has 2. Completions continue the stripes of the given upper half.',
    config: {
      preset: 'pixels',
      task: 'pixel-model',
      data: { texture: 'stripes', size: 16, levels: 4 },
      model: { cell: 'md-lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 8, options: { directions: 2 } },
      train: { bptt: 'full', batch: 32, steps: 600 },
      optimizer: { name: 'adam', lr: 0.01, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 50, sampleEvery: 100 },
    },
  },
] // prettier-ignore
