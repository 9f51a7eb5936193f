// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { whole } from '../examples/presets.ts'
import type { PresetRow } from '../promises.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'flip-flop',
    title: 'Three flip-flops',
    about:
      'Three channels, each with pulses of +1 and -1: the output holds the sign of the last one. Its fixed points are the corners, edges, faces and centre of a cube (Sussillo & Barak 2013).',
    promises: [{ metric: 'val/accuracy', atLeast: 0.999, seeds: { kept: 10, of: 10 } }],
    remark: 'Fraction of held-out steps at which all three signs are right.',
    config: {
      preset: 'flip-flop',
      task: 'flip-flop',
      data: { channels: 3, length: 64, pulseProbability: 0.5 },
      model: { cell: 'rnn', hidden: 16, layers: 1 },
      train: { ...whole, batch: 64, steps: 1500 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 250 },
    },
  },
]
