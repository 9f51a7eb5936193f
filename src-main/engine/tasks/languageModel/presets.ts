// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import { proseValidation } from '../../data/prose.ts'
import type { PresetRow } from '../promises.ts'

/** Detectors that begin with a boundary everywhere and are steered to one in five or six symbols. */
const steered = { boundaryBias: 5, boundaryRate: 0.18, layerNorm: true, topDownBias: true }

export const presets: readonly PresetRow[] = [
  {
    id: 'prose',
    title: 'Prose with quotes and brackets',
    about: 'A generated text whose hidden structure is known: one cell learns to remember that a quotation is open.',
    promises: [{ metric: 'val/loss', atMost: 0.9, seeds: { kept: 10, of: 10 } }, { metric: 'auc', find: { predicate: 'quote', signal: 'c' }, atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'One unit of c tells inside from outside quotations.',
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
    remark: 'An interpolated 3-gram is worse.',
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
    about: 'Two layers that decide for themselves where a piece of the text ends. The upper one is narrow, so it pays to wake it at the ends of words only.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) fall on spaces. The network is told their share, not their places.',
    config: {
      preset: 'hm-words',
      task: 'language-model',
      data: { dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-rnn', layers: '64/6', input: 'embedding', embedding: 32, options: { ...steered, slopeGrowth: 0.002 } },
      train: { bptt: 'truncated', window: 32, batch: 32, steps: 4000 },
      optimizer: { name: 'adam', lr: 0.005, clipNorm: 1 },
      schedule: { name: 'onecycle', warmup: 0.1 },
      logging: { evalEvery: 250, sampleEvery: 500 },
    },
  },
  {
    id: 'hm-lstm-words',
    title: 'Word boundaries, unsupervised, by LSTMs',
    about: 'The same with LSTMs. At a boundary they erase h as well as c, which the paper does not: with h kept, a boundary costs the layer little, so it falls on other places too.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) fall on spaces. The network is told their share, not their places.',
    config: {
      preset: 'hm-lstm-words',
      task: 'language-model',
      data: { dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-lstm', layers: '32/6', input: 'embedding', embedding: 32, options: { ...steered, erase: true, slopeGrowth: 0.002 } },
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
