// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { whole } from '../examples/presets.ts'
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'moving-shapes',
    title: 'Next frame of moving shapes',
    about:
      'A disc or a square bounces off the edges of 16 x 16 pixels: an LSTM predicts the next frame from the last three. Its predictions run freely, fed back as inputs.',
    promises: [{ metric: 'val/mse', atMost: 0.006 }],
    remark:
      'A fifth of copying the last frame, 0.030 (val/mse_copy); a straight line from the last two has 0.026 (val/mse_linear).',
    config: {
      preset: 'moving-shapes',
      task: 'next-frame',
      data: { dataset: 'moving-shapes', history: 3 },
      model: { cell: 'lstm', hidden: 256, layers: 1 },
      train: { ...whole, steps: 4000 },
      optimizer: { lr: 0.003 },
      schedule: { name: 'onecycle', warmup: 0.2 },
      logging: { evalEvery: 250, sampleEvery: 1000 },
    },
  },
]
