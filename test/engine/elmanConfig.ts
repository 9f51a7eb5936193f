// Configurations of Elman's three series with his online rule; tests set what they are about.
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { grouped, type FlatOptions } from '../options.ts'

export const elmanConfig = (which: 1 | 2 | 3, model: object, options: FlatOptions): RunConfig =>
  parseConfig({
    seed: 3,
    data: { kind: 'series', series: which },
    model: { cell: 'elman', hidden: 6, input: 'onehot', ...model },
    ...grouped({
      bptt: 'online',
      window: 3,
      batch: 1,
      steps: 0,
      optimizer: 'sgd',
      clipNorm: 0,
      schedule: 'constant',
      sampleEvery: 0,
      evalEvery: 0,
      ...options,
    }),
  }) as RunConfig
