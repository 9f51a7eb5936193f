// Rows of the metrics that a validation of a language model records: perplexity for words, bits per character for characters.
import { validationLoss, type MetricRow } from '../../../contract/metrics.ts'

const predictedTokens =
  'all held-out tokens but the first (with data.context = window, those of the first window); unknown words are left out'

export const textMetricRows: readonly MetricRow[] = [
  { ...validationLoss, unit: 'nats or squared error per token', about: `Mean loss over ${predictedTokens}.` },
  {
    name: 'val/perplexity',
    title: 'Perplexity',
    direction: 'min',
    unit: '',
    about: `Words: exponential of the mean negative log-likelihood over ${predictedTokens}.`,
  },
  {
    name: 'val/bpc',
    title: 'Bits per character',
    direction: 'min',
    unit: 'bits per character',
    about: 'Characters: mean negative binary log-likelihood over all held-out characters but the first.',
  },
  {
    name: 'val/accuracy',
    title: 'Accuracy',
    direction: 'max',
    unit: 'fraction',
    about: `Fraction of right predictions, the most probable token, over ${predictedTokens}.`,
  },
  {
    name: 'val/loss_ngram',
    title: 'Loss, n-gram model',
    direction: 'min',
    unit: 'nats per token',
    about:
      'Mean negative log-likelihood of the same held-out tokens by the interpolated n-gram model of data.ngram: a baseline.',
  },
]
