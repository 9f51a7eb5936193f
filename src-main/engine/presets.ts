// Runs that a newcomer can start as they are, with what they promise. `npm run recipes` measures the promises.
import type { Preset } from '../contract/catalog.ts'
import { proseValidation } from './data/prose.ts'
import { examplePresets } from './presetsExamples.ts'
import { withExpectation, type PresetRow } from './promises.ts'

const seriesTrain = {
  bptt: 'online', window: 3, batch: 1, optimizer: 'sgd', schedule: 'constant', clip: 0, steps: 0,
  logEvery: 600, evalEvery: 0, sampleEvery: 6000, flowEvery: 60_000, checkpointEvery: 600_000, stopWhenSolved: true,
} as const // prettier-ignore

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
    data: { kind: 'series', series },
    model: { cell: 'elman', hidden, layers: 1, input: 'onehot' },
    train: { ...seriesTrain, lr, epochs },
  },
})

/** Detectors that begin with a boundary everywhere and are steered to one in five or six symbols. */
const steered = { boundaryBias: 5, boundaryRate: 0.18, layerNorm: true, topDownBias: true }

const rows: readonly PresetRow[] = [
  {
    id: 'prose',
    title: 'Prose with quotes and brackets',
    about: 'A generated text whose hidden structure is known: one cell learns to remember that a quotation is open.',
    promises: [{ metric: 'val/loss', atMost: 0.9, seeds: { kept: 7, of: 7 } }, { metric: 'auc', find: { predicate: 'quote', signal: 'c' }, atLeast: 0.99, seeds: { kept: 7, of: 7 } }],
    remark: 'One unit of c tells inside from outside quotations.',
    config: {
      preset: 'prose',
      data: { kind: 'text', dataset: 'prose', unit: 'char', validation: proseValidation },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 32 },
      train: { bptt: 'truncated', window: 128, batch: 32, steps: 2000, optimizer: 'adam', lr: 0.003, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 100, sampleEvery: 500 },
    },
  },
  {
    id: 'moby-dick',
    title: 'Moby Dick',
    about: 'A real book, character by character.',
    promises: [{ metric: 'val/loss', atMost: 1.75, seeds: { kept: 2, of: 2 } }],
    remark: 'An interpolated 3-gram is worse.',
    config: {
      preset: 'moby-dick',
      data: { kind: 'text', dataset: 'moby-dick', unit: 'char', validation: 0.1 },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 32 },
      train: { bptt: 'truncated', window: 64, batch: 32, steps: 4000, optimizer: 'adam', lr: 0.004, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 250, sampleEvery: 1000 },
    },
  },
  {
    id: 'hm-words',
    title: 'Words that nobody marked',
    about: 'Two layers that decide for themselves where a piece of the text ends. The upper one is narrow, so it pays to wake it at the ends of words only.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) fall on spaces. The network is told their share, not their places.',
    config: {
      preset: 'hm-words',
      data: { kind: 'text', dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-rnn', sizes: '64/6', input: 'embedding', embedding: 32, options: { ...steered, slopeGrowth: 0.002 } },
      train: { bptt: 'truncated', window: 32, batch: 32, steps: 4000, optimizer: 'adam', lr: 0.005, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 250, sampleEvery: 500 },
    },
  },
  {
    id: 'hm-lstm-words',
    title: 'Words that nobody marked, by LSTMs',
    about: 'The same with LSTMs. At a boundary they erase h as well as c, which the paper does not: with h kept, a boundary costs the layer little, so it falls on other places too.',
    promises: [{ metric: 'f1', find: { predicate: 'space', signal: 'z' }, atLeast: 0.75, seeds: { kept: 10, of: 10 } }],
    remark: 'Boundaries of layer 1 (signal z) fall on spaces. The network is told their share, not their places.',
    config: {
      preset: 'hm-lstm-words',
      data: { kind: 'text', dataset: 'moby-dick', unit: 'char', lineBreaks: 'space', validation: 0.1 },
      model: { cell: 'hm-lstm', sizes: '32/6', input: 'embedding', embedding: 32, options: { ...steered, erase: true, slopeGrowth: 0.002 } },
      train: { bptt: 'truncated', window: 32, batch: 32, steps: 4000, optimizer: 'adam', lr: 0.005, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 250, sampleEvery: 500 },
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
      data: { kind: 'text', dataset: 'alice', unit: 'char', lineBreaks: 'space', lowercase: true, validation: 0 },
      model: { cell: 'gru', hidden: 128, layers: 1, input: 'onehot', init: 'xavier', recurrentInit: 'orthogonal' },
      train: { bptt: 'windows', window: 10, batch: 128, steps: 0, epochs: 1, optimizer: 'rmsprop', schedule: 'constant', lr: 0.001, rho: 0.9, epsilon: 1e-7, clip: 0, sampleEvery: 500 },
    },
  },
  seriesPreset(1, 6, 0.025, 50_000, 'The answer to a symbol depends on the one before: memory of one step.'),
  seriesPreset(2, 6, 0.025, 150_000, 'Needs two steps of memory.'),
  seriesPreset(3, 24, 0.1, 150_000, 'The hardest: three steps of memory.'),
  {
    id: 'addition',
    title: 'Binary addition',
    about: 'Adds two 8-bit numbers digit by digit, least significant first; the carry must be remembered. The published recipe (16 units, rate 0.1) on 20,000 samples: with its 10,000 some seeds stay near half.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.99, seeds: { kept: 10, of: 10 } }],
    remark: 'The share of fresh sums that are right in every bit.',
    config: {
      preset: 'addition',
      data: { kind: 'addition', bits: 8 },
      model: { cell: 'elman', hidden: 16, layers: 1, init: 'xavier' },
      train: { bptt: 'full', batch: 1, steps: 0, epochs: 2, optimizer: 'sgd', schedule: 'constant', lr: 0.1, clip: 0, logEvery: 100, evalEvery: 1000, sampleEvery: 0, checkpointEvery: 5000 },
    },
  },
  {
    id: 'pixels',
    title: 'Stripes, pixel by pixel',
    about: 'A two-dimensional LSTM learns the distribution of small striped pictures and draws them pixel by pixel; half pictures are completed.',
    promises: [{ metric: 'val/bits_per_pixel', atMost: 0.35, seeds: { kept: 10, of: 10 } }],
    remark: 'Equal probabilities cost 2. Completed pictures go on in the stripes of their upper half.',
    config: {
      preset: 'pixels',
      data: { kind: 'image', task: 'pixels', texture: 'stripes', size: 16, levels: 4 },
      model: { cell: 'md-lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 8, options: { directions: 2 } },
      train: { bptt: 'full', batch: 32, steps: 600, optimizer: 'adam', lr: 0.01, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 50, sampleEvery: 100 },
    },
  },
  {
    id: 'digits',
    title: 'Drawn digits from four corners',
    about: 'Which digit a small drawing shows: two-dimensional LSTMs go over it from all four corners, and the mean over all places is read.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.97, seeds: { kept: 10, of: 10 } }],
    remark: 'Measured on 128 unseen digits.',
    config: {
      preset: 'digits',
      data: { kind: 'image', task: 'classes', texture: 'digits', size: 16, levels: 4 },
      model: { cell: 'md-lstm', hidden: 16, layers: 1, input: 'embedding', embedding: 8, options: { directions: 4 } },
      train: { bptt: 'full', batch: 32, steps: 400, optimizer: 'adam', lr: 0.01, schedule: 'onecycle', warmup: 0.1, clip: 1, evalEvery: 50, sampleEvery: 100 },
    },
  },
  ...examplePresets,
] // prettier-ignore

export const presets: readonly Preset[] = rows.map(withExpectation)
