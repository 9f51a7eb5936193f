// Ready-made configurations with their expected results, which `npm run recipes` measures.
import { proseValidation } from '../../data/prose.ts'
import type { PresetRow } from '../promises.ts'

/** Options of boundary detectors: a boundary at every symbol at first, with a target rate of 0.18 per symbol. */
const boundaryOptions = { boundaryBias: 5, boundaryRate: 0.18, layerNorm: true, topDownBias: true }

export const presets: readonly PresetRow[] = [
  {
    id: 'prose',
    title: 'Prose with quotes and brackets',
    about: 'A generated text whose hidden structure is known: one cell learns to remember that a quotation is open.',
    promises: [{ metric: 'val/loss', atMost: 0.9, seeds: { kept: 10, of: 10 } }, { metric: 'auc', find: { predicate: 'quote', signal: 'c' }, atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'The activation of one unit of c separates positions inside and outside quotations.',
    config: {
      preset: 'prose',
      task: 'language-model',
      data: { dataset: 'prose', unit: 'char', validation: proseValidation },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 32 },
      train: { bptt: 'truncated', window: 128, batch: 32, steps: 2000 },
      optimizer: { name: 'adam', lr: 0.003, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 100, sampleEvery: 500 },
    },
  },
  {
    id: 'moby-dick',
    title: 'Moby Dick',
    about: 'A real book, character by character.',
    promises: [{ metric: 'val/loss', atMost: 1.75, seeds: { kept: 10, of: 10 } }],
    remark: 'An interpolated 3-gram model has a higher loss.',
    config: {
      preset: 'moby-dick',
      task: 'language-model',
      data: { dataset: 'moby-dick', unit: 'char', validation: 0.1 },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 32 },
      train: { bptt: 'truncated', window: 64, batch: 32, steps: 4000 },
      optimizer: { name: 'adam', lr: 0.004, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 250, sampleEvery: 1000 },
    },
  },
  {
    id: 'hm-words',
    title: 'Word boundaries, unsupervised',
    about: 'Two layers that learn segment boundaries. The upper layer is narrow and is updated at boundaries only, so it is best updated once per word.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) coincide with spaces. Training is given their rate, not their positions.',
    config: {
      preset: 'hm-words',
      task: 'language-model',
      data: { dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-rnn', layers: '64/6', input: 'embedding', embedding: 32, options: { ...boundaryOptions, slopeGrowth: 0.002 } },
      train: { bptt: 'truncated', window: 32, batch: 32, steps: 4000 },
      optimizer: { name: 'adam', lr: 0.005, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 250, sampleEvery: 500 },
    },
  },
  {
    id: 'hm-lstm-words',
    title: 'Word boundaries, unsupervised, by LSTMs',
    about: 'The same with LSTMs. At a boundary h is reset as well as c, unlike in the paper: if h is kept, a boundary costs the layer little and is detected at other positions too.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) coincide with spaces. Training is given their rate, not their positions.',
    config: {
      preset: 'hm-lstm-words',
      task: 'language-model',
      data: { dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-lstm', layers: '32/6', input: 'embedding', embedding: 32, options: { ...boundaryOptions, erase: true, slopeGrowth: 0.002 } },
      train: { bptt: 'truncated', window: 32, batch: 32, steps: 4000 },
      optimizer: { name: 'adam', lr: 0.005, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 250, sampleEvery: 500 },
    },
  },
  {
    id: 'alice',
    title: 'Alice in Wonderland, the published recipe',
    about: 'GRU of 128 units on independent windows of 10 characters, RMSprop, one epoch; lines joined by a space, lower case.',
    promises: [{ metric: 'train/epoch_loss', atLeast: 2.2, atMost: 2.45 }],
    remark: 'The mean training loss of the epoch; 2.3163 was published.',
    needsFile: 'Alice in Wonderland as a text file',
    config: {
      preset: 'alice',
      task: 'language-model',
      data: { dataset: 'alice', unit: 'char', lineBreaks: 'space', lowercase: true, validation: 0 },
      model: { cell: 'gru', hidden: 128, layers: 1, input: 'onehot', init: 'xavier', recurrentInit: 'orthogonal' },
      train: { bptt: 'windows', window: 10, batch: 128, steps: 0, epochs: 1 },
      optimizer: { name: 'rmsprop', lr: 0.001, rho: 0.9, epsilon: 1e-7, clipNorm: 0 },
      schedule: { name: 'constant' },
      logging: { sampleEvery: 500 },
    },
  },
] // prettier-ignore
