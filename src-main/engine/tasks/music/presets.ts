// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'chorales',
    title: 'Chorales for four voices',
    about: 'Generated pieces for four voices in fourteen keys: which of 88 keys of the piano sound in the next frame. A trained network continues a piece.',
    promises: [{ metric: 'val/nll', atMost: 5.5, seeds: { kept: 10, of: 10 } }],
    remark: 'Key transitions alone have 7.46 (val/nll_markov), key frequencies 11.79.',
    config: {
      preset: 'chorales',
      task: 'music-model',
      data: { dataset: 'chorales' },
      model: { cell: 'lstm', hidden: 128, layers: 1 },
      train: { ...whole, batch: 16, steps: 1200, buckets: 3 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 100, sampleEvery: 200 },
    },
  },
  {
    id: 'jsb-chorales',
    title: 'Chorales by J. S. Bach, the published recipe',
    about: 'A GRU of 46 units with as many weights as in Chung et al. (2014), Adam, batches of 8 whole pieces.',
    promises: [{ metric: 'val/nll', atMost: 9.1 }],
    remark: 'Published for 229 training and 77 held-out chorales (Chung et al. 2014): GRU 8.54, LSTM 8.67, tanh 9.10; key frequencies 11.09, key transitions 10.49.',
    needsFile: 'Chorales as a piano roll, one frame per quarter note; the last fifth is held out',
    config: {
      preset: 'jsb-chorales',
      task: 'music-model',
      data: { dataset: 'jsb-chorales', validation: 0.2016 },
      model: { cell: 'gru', hidden: 46, layers: 1 },
      train: { bptt: 'full', batch: 8, steps: 0, epochs: 100 },
      optimizer: { lr: 0.003 },
      logging: { evalEvery: 39, sampleEvery: 390 },
    },
  },
] // prettier-ignore
