// Ready-made configurations with their expected results, which `npm run recipes` measures.
import type { PresetRow } from '../promises.ts'
import { whole } from '../examples/presets.ts'

export const presets: readonly PresetRow[] = [
  {
    id: 'reviews',
    title: 'Sentiment of generated reviews',
    about: 'Generated film reviews, positive or negative; "not" negates a word, and the statement after a "but" decides.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.99, baseline: 'val/accuracy_naive_bayes', seeds: { kept: 10, of: 10 } }],
    config: {
      preset: 'reviews',
      task: 'sequence-classification',
      data: { dataset: 'reviews' },
      model: { cell: 'lstm', hidden: 32, layers: 1, input: 'embedding', embedding: 32 },
      train: { ...whole, steps: 0, epochs: 2, buckets: 3 },
      optimizer: { lr: 0.01 },
      logging: { evalEvery: 20, sampleEvery: 50 },
    },
  },
  {
    id: 'sentiment',
    title: 'Film reviews, the published recipe',
    about: 'The 20,000 most frequent words, the last 80 of each review, an embedding of 128, an LSTM of 128, Adam, one epoch. Dropout 0.2 on the inputs and on the state of the LSTM, with one mask each for all steps; initial weights and epsilon as in Keras.',
    promises: [{ metric: 'val/accuracy', atLeast: 0.82, baseline: 'val/accuracy_naive_bayes' }],
    remark: 'Published for 25,000 training and 25,000 held-out reviews of the Internet Movie Database: 0.8336 (0.82 to 0.84 elsewhere).',
    needsFile: 'Film reviews, one per line: a label, a tab, the review; the first half is the training part',
    config: {
      preset: 'sentiment',
      task: 'sequence-classification',
      data: { dataset: 'film-reviews', unit: 'word', vocabulary: 20000, maxLength: 80, truncate: 'beginning', lowercase: true, validation: 0.5 },
      model: { cell: 'lstm', hidden: 128, layers: 1, input: 'embedding', embedding: 128, embeddingInit: 'uniform', embeddingScale: 0.05, init: 'xavier', recurrentInit: 'orthogonal' },
      train: { bptt: 'full', batch: 50, steps: 0, epochs: 1 },
      optimizer: { name: 'adam', lr: 0.001, epsilon: 1e-7, clipNorm: 0 },
      schedule: { name: 'constant' },
      regularization: { dropout: 0.2, dropoutLinks: 'layers', dropoutMask: 'variational', recurrentDropout: 0.2, recurrentDropoutOn: 'state' },
      logging: { evalEvery: 500, sampleEvery: 100 },
    },
  },
] // prettier-ignore
