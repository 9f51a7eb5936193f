// Configurations of Elman's three series with his online rule; tests set what they are about.
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'

export const elmanConfig = (which: 1 | 2 | 3, model: object, train: object): RunConfig =>
  parseConfig({
    seed: 3,
    data: { kind: 'series', series: which },
    model: { cell: 'elman', hidden: 6, input: 'onehot', ...model },
    train: {
      bptt: 'online',
      window: 3,
      batch: 1,
      optimizer: 'sgd',
      schedule: 'constant',
      clip: 0,
      steps: 0,
      sampleEvery: 0,
      evalEvery: 0,
      ...train,
    },
  }) as RunConfig
