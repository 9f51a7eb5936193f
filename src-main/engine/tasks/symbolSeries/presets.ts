// Elman's three series with the published sizes and epochs, and their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'

const logging = {
  logEvery: 600,
  evalEvery: 0,
  sampleEvery: 6000,
  gradientEvery: 60_000,
  checkpointEvery: 600_000,
} as const

const seriesPreset = (
  series: 1 | 2 | 3,
  hidden: number,
  lr: number,
  epochs: number,
  about: string,
): PresetRow => ({
  id: `series-${series}`,
  title: `Elman's series ${series}`,
  about,
  promises: [{ metric: 'train/solved', atLeast: 1, seeds: { kept: 10, of: 10 } }],
  config: {
    preset: `series-${series}`,
    task: 'symbol-series',
    data: { series },
    model: { cell: 'elman', hidden, layers: 1, input: 'onehot' },
    train: { bptt: 'online', window: 3, batch: 1, steps: 0, epochs, stopWhenSolved: true },
    optimizer: { name: 'sgd', lr, clipNorm: 0 },
    schedule: { name: 'constant' },
    logging,
  },
})

export const presets: readonly PresetRow[] = [
  seriesPreset(
    1,
    6,
    0.025,
    50_000,
    'The answer to a symbol depends on the symbol before it: one step of memory.',
  ),
  seriesPreset(2, 6, 0.025, 150_000, 'Needs two steps of memory.'),
  seriesPreset(3, 24, 0.1, 150_000, 'The hardest: three steps of memory.'),
]
