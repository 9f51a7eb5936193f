// Presets of examples: memory problems and labelled lines. Each figure in `expects` was reached by the run it stands beside.
import type { Preset } from '../contract/catalog.ts'

const whole = {
  bptt: 'full',
  batch: 32,
  optimizer: 'adam',
  schedule: 'onecycle',
  warmup: 0.1,
  clip: 1,
} as const

export const examplePresets: readonly Preset[] = [
  {
    id: 'adding',
    title: 'Adding problem, 100 steps',
    about: 'The sum of two marked values out of a hundred; everything in between must be left out (Hochreiter & Schmidhuber 1997).',
    expects: 'Squared error of fresh sums below 0.005 after 2,500 steps; always answering 1 gives 0.167.',
    config: {
      preset: 'adding',
      data: { kind: 'memory', problem: 'adding', length: 100 },
      model: { cell: 'lstm', hidden: 64, layers: 1 },
      train: { ...whole, steps: 2500, lr: 0.01, evalEvery: 250, sampleEvery: 250 },
    },
  },
  {
    id: 'adding-irnn',
    title: 'Adding problem, 150 steps, IRNN',
    about: 'The test of rectified units that start as the identity (Le et al. 2015): no gates, yet 150 steps are bridged. It takes patience.',
    expects: 'Near 0.167 for some ten thousand steps, then squared error of fresh sums below 0.01 within 20,000.',
    config: {
      preset: 'adding-irnn',
      data: { kind: 'memory', problem: 'adding', length: 150 },
      model: { cell: 'irnn', hidden: 100, layers: 1 },
      train: { ...whole, batch: 16, steps: 20_000, schedule: 'constant', lr: 0.0005, clip: 10, evalEvery: 500, sampleEvery: 2500 },
    },
  },
  {
    id: 'reber',
    title: 'Embedded Reber grammar',
    about: 'Strings of an automaton inside another choice that must be remembered to the end: what may come next? (Hochreiter & Schmidhuber 1997).',
    expects: 'For all of 1,000 held-out strings, at every position, just the symbols that the grammar allows have more than 0.3 probability (val/legal and val/exact 1) within 1,500 steps.',
    config: {
      preset: 'reber',
      data: { kind: 'memory', problem: 'embedded-reber' },
      model: { cell: 'lstm', hidden: 16, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 1500, lr: 0.01, evalEvery: 100, sampleEvery: 250 },
    },
  },
  {
    id: 'dyck',
    title: 'Balanced brackets',
    about: 'Two kinds of brackets, up to four open at once, in strings of up to 100 (Dyck language): which bracket may close now depends on one that opened any time ago.',
    expects: 'At 99.9 % of the positions of 1,000 held-out strings just the symbols that may follow have more than 0.075 probability (val/legal), at all positions of 99 % of the strings (val/exact) after 2,500 steps.',
    config: {
      preset: 'dyck',
      data: { kind: 'memory', problem: 'dyck', length: 100, kinds: 2, depth: 4 },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 2500, lr: 0.01, buckets: 4, evalEvery: 100, sampleEvery: 500 },
    },
  },
  {
    id: 'anbn',
    title: 'Counting: a^n b^n',
    about: 'After n times a come n times b: a cell of an LSTM that sees its gates through peepholes can count (Gers & Schmidhuber 2001).',
    expects: 'For every n up to 20 all of b and the end are foretold right (val/exact 1) within 1,000 steps. How many of n from 21 to 40, never learnt from, are right too (val/beyond_exact) hangs on the seed: 0.1, 0.6 and 1 in three runs.',
    config: {
      preset: 'anbn',
      data: { kind: 'memory', problem: 'anbn', length: 20 },
      model: { cell: 'peephole', hidden: 10, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 2000, lr: 0.01, evalEvery: 100, sampleEvery: 500 },
    },
  },
  {
    id: 'copy',
    title: 'Copy after a delay',
    about: 'Five symbols of eight are read, twenty blank steps later they are asked for in order.',
    expects: 'At least 99 % of held-out sequences are copied without a fault (val/exact) after 2,000 steps.',
    config: {
      preset: 'copy',
      data: { kind: 'memory', problem: 'copy', length: 5, delay: 20 },
      model: { cell: 'gru', hidden: 64, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 2000, lr: 0.01, evalEvery: 200, sampleEvery: 500 },
    },
  },
  {
    id: 'parity',
    title: 'Parity',
    about: 'Is the number of ones in up to 16 bits odd? One bit of memory, but every bit counts.',
    expects: 'All of 1,000 held-out sequences right within 500 steps.',
    config: {
      preset: 'parity',
      data: { kind: 'memory', problem: 'parity', length: 16 },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 1000, lr: 0.01, evalEvery: 100, sampleEvery: 250 },
    },
  },
  {
    id: 'reverse',
    title: 'Reverse a word',
    about: 'An encoder reads a word of up to six letters; a decoder that starts from its last state writes it backwards and ends it by itself.',
    expects: 'At least 98 % of 1,000 held-out words are written without a fault (val/exact) after 800 steps.',
    config: {
      preset: 'reverse',
      data: { kind: 'memory', problem: 'reverse', length: 6 },
      model: { cell: 'lstm', hidden: 48, layers: 1, input: 'onehot' },
      train: { ...whole, steps: 800, lr: 0.01, evalEvery: 100, sampleEvery: 200 },
    },
  },
  {
    id: 'reviews',
    title: 'Opinions in reviews',
    about: 'Generated film reviews, positive or negative; "not" turns a word around, and what follows a "but" decides.',
    expects: 'More than 99 % of held-out reviews right within one epoch.',
    config: {
      preset: 'reviews',
      data: { kind: 'examples', dataset: 'reviews', format: 'labelled' },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 32 },
      train: { ...whole, steps: 0, epochs: 2, lr: 0.01, buckets: 3, evalEvery: 20, sampleEvery: 50 },
    },
  },
  {
    id: 'tags',
    title: 'Parts of speech',
    about: 'Generated sentences, a tag for every word. "Can", "saw" or "watch" are several things; a network of both directions sees which.',
    expects: 'At least 99 % of the tags of held-out sentences right after 300 steps; who sees one word at a time stays near 88.5 %.',
    config: {
      preset: 'tags',
      data: { kind: 'examples', dataset: 'sentences', format: 'tagged' },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 32, bidirectional: true },
      train: { ...whole, steps: 300, lr: 0.01, buckets: 3, evalEvery: 50, sampleEvery: 50 },
    },
  },
  {
    id: 'numerals',
    title: 'Numerals to digits',
    about: 'Translation letter by letter: an encoder of both directions reads "two hundred and five", a decoder writes 205 and ends.',
    expects: 'At least 99 % of 1,200 held-out numbers, none of them seen before, are written without a fault (val/exact) after 1,000 steps.',
    config: {
      preset: 'numerals',
      data: { kind: 'examples', dataset: 'numerals', format: 'pairs', unit: 'char' },
      model: { cell: 'gru', hidden: 64, layers: 1, input: 'embedding', embedding: 32, bidirectional: true },
      train: { ...whole, steps: 1000, lr: 0.01, buckets: 4, evalEvery: 100, sampleEvery: 250 },
    },
  },
  {
    id: 'sentiment',
    title: 'Film reviews, the published recipe',
    about: 'The 20,000 most frequent words, the last 80 of each review, an embedding of 128, an LSTM of 128, both dropouts 0.2, Adam, one epoch.',
    expects: 'Published for 25,000 reviews of the Internet Movie Database and as many held out: val/accuracy 0.8336 after one epoch (0.82 to 0.84 elsewhere).',
    needsFile: 'Film reviews, one a line: a label, a tab, the review; the first half trains',
    config: {
      preset: 'sentiment',
      data: { kind: 'examples', dataset: 'film-reviews', format: 'labelled', unit: 'word', vocabulary: 20000, longest: 80, keep: 'end', lowercase: true, validation: 0.5 },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 128, init: 'xavier' },
      train: { bptt: 'full', batch: 50, steps: 0, epochs: 1, optimizer: 'adam', lr: 0.001, schedule: 'constant', clip: 0, dropout: 0.2, dropoutMask: 'variational', recurrentDropout: 0.2, evalEvery: 500, sampleEvery: 100 },
    },
  },
] // prettier-ignore
