// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { whole } from '../examples/presets.ts'
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'series-forecast',
    title: 'Next twelve hours of a noisy wave',
    about:
      'The generated waves twelve hours ahead from the last 48, with an interval: the quantiles 0.1, 0.5 and 0.9, all hours at once.',
    promises: [
      { metric: 'val/mae', atMost: 0.7, seeds: { kept: 10, of: 10 } },
      { metric: 'val/coverage', atLeast: 0.7, atMost: 0.85, seeds: { kept: 10, of: 10 } },
    ],
    remark:
      'In the unit of the data; the value 24 hours before has 1.244 (val/mae_seasonal), the last value 3.501 (val/mae_persistence). The interval should hold 0.8.',
    config: {
      preset: 'series-forecast',
      task: 'series-forecast',
      data: { dataset: 'waves', columns: 'value', history: 48, horizon: 12, season: 24 },
      model: { cell: 'lstm', hidden: 32, layers: 1 },
      train: { ...whole, steps: 1500, loss: 'quantile' },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 500 },
    },
  },
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
      data: { dataset: 'waves', columns: 'value', history: 24 },
      model: { cell: 'lstm', hidden: 32, layers: 1 },
      train: { ...whole, steps: 1500 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 500 },
    },
  },
  {
    id: 'mackey-glass',
    title: 'Mackey-Glass series',
    about:
      'A chaotic series without noise (Mackey & Glass 1977, delay 17): the next value from the previous 24. Its forecasts run freely, fed back as inputs.',
    promises: [{ metric: 'val/mse', atMost: 0.0001, seeds: { kept: 10, of: 10 } }],
    remark:
      'In units of the variance, so a normalised error (NRMSE) of at most 0.01; repeating the last value has 0.0216 (val/persistence_mse).',
    config: {
      preset: 'mackey-glass',
      task: 'series-forecast',
      data: { dataset: 'mackey-glass', columns: 'x', history: 24 },
      model: { cell: 'lstm', hidden: 32, layers: 1 },
      train: { ...whole, steps: 3000 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 250, sampleEvery: 1000 },
    },
  },
]
