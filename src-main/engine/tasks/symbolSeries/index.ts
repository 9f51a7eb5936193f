// The row of Elman's three symbol series, trained by his online rule or by backpropagation through the whole series.
import { trainingLoss } from '../../../contract/metrics.ts'
import { defineTask } from '../defineTask.ts'
import { seriesData } from './data.ts'
import { presets } from './presets.ts'
import { seriesNetwork, seriesTask } from './training.ts'

const online = { path: 'train.bptt', in: ['online'] }
const whole = [{ path: 'train.bptt', in: ['full'] }]
const plainSteps = 'the online rule is plain gradient descent'

export const symbolSeries = defineTask({
  id: 'symbol-series',
  title: 'Symbol series',
  about: "Elman's three series: the answer to a symbol depends on the symbols before it.",
  reads: 'sequences',
  data: seriesData,
  traits: {
    symbols: [],
    readsAhead: whole,
    solvable: [],
    gradient: whole,
  },
  allowed: [
    {
      path: 'train.bptt',
      values: ['full', 'online'],
      why: 'a series is trained as a whole or symbol by symbol',
    },
    { path: 'model.layers', values: [1], why: 'the online rule is defined for one layer', when: online },
    { path: 'train.batch', values: [1], why: 'there is one series' },
    { path: 'optimizer.name', values: ['sgd'], why: plainSteps, when: online },
    { path: 'optimizer.clipNorm', values: [0], why: 'the online rule has no gradient to clip', when: online },
    {
      path: 'train.loss',
      values: ['auto', 'sse'],
      why: 'the online rule is defined for half squared errors',
      when: online,
    },
    {
      path: 'train.loss',
      values: ['auto', 'binary', 'mse', 'sse'],
      why: 'some steps have no symbol as the answer, which a softmax cannot represent',
    },
    {
      path: 'model.bidirectional',
      values: [false],
      why: 'the online rule is defined for one direction',
      when: online,
    },
    { path: 'model.subsample', values: [1], why: 'there is an answer at every symbol' },
  ],
  metrics: [
    { ...trainingLoss, unit: 'half squared error or nats', about: 'Loss of the whole series, half squared errors added up over its symbols or a mean of the others, mean over the passes since the last point.' },
    { name: 'train/accuracy', title: 'Accuracy', direction: 'max', unit: 'fraction', about: 'Fraction of outputs on the right side of 0.5 over all passes since the last point.' },
    { name: 'train/solved', title: 'Solved', direction: 'max', unit: '1 or 0', about: 'Whether all outputs of the last pass over the series were on the right side of 0.5.' },
  ], // prettier-ignore
  rankedBy: trainingLoss.name,
  formerly: { kind: 'series' },
  presets,
  dataSummary: ({ series }) => `series ${series}`,
  abilities: () => ({ generates: null, inspects: 'text', saliency: null, applies: null, answers: 'series' }),
  validates: () => false,
  exampleInput: ({ series }) => ({ 1: '123432', 2: '124224', 3: '22341234' })[series].repeat(8),
  gradient: ({ train }) =>
    train.bptt === 'online'
      ? ` It is computed over the whole series with the weights of that step; the online rule goes back at most ${train.window} of these steps and updates the weights at each.`
      : '',
  network: seriesNetwork,
  open: seriesTask,
})
