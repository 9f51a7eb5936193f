// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { whole } from '../examples/presets.ts'
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'waves',
    title: 'Next hour of a noisy wave',
    about:
      'A generated series with a daily and a weekly wave and autocorrelated noise: the next value from the previous 24.',
    promises: [{ metric: 'val/mse', atMost: 0.03, seeds: { kept: 10, of: 10 } }],
    remark: 'In units of the variance; repeating the last value has 0.068 (val/persistence_mse).',
    config: {
      preset: 'waves',
      task: 'series-forecast',
      data: { dataset: 'waves', column: 'value', history: 24 },
      model: { cell: 'lstm', hidden: 32, layers: 1 },
      train: { ...whole, steps: 1500 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 500 },
    },
  },
]
