// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { whole } from '../examples/presets.ts'
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'digit-rows',
    title: 'Drawn digits, row by row',
    about:
      'Classifies drawn digits of 28 x 28 pixels: an LSTM reads one row of pixels per step. Filters laid over the held-out digits show what it relies on.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.97 }],
    remark: 'Always giving the most frequent digit has about 0.1 (val/accuracy_majority).',
    config: {
      preset: 'digit-rows',
      task: 'image-rows',
      data: { dataset: 'drawn-digits', read: 'rows' },
      model: { cell: 'lstm', hidden: 64, layers: 1 },
      train: { ...whole, steps: 0, epochs: 6 },
      optimizer: { lr: 0.004 },
      schedule: { name: 'onecycle', warmup: 0.2 },
      logging: { evalEvery: 100, sampleEvery: 200 },
    },
  },
]
