// The row of the series forecast: the next value of a numeric series from the previous ones.
import { plainReading } from '../../data/reading.ts'
import { csv } from '../../formats/csv.ts'
import { defineTask } from '../defineTask.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { answerLoss, squaredError } from '../examples/metrics.ts'
import { heldOutOfProblem } from '../examples/heldOut.ts'
import { exampleNetwork } from '../examples/network.ts'
import { examplesTask } from '../examples/training.ts'
import { forecastData } from './data.ts'
import { presets } from './presets.ts'
import { forecastShape, forecastSource } from './source.ts'

export const seriesForecast = defineTask({
  id: 'series-forecast',
  title: 'Series forecast',
  about: 'Predicts the next value of a column of numbers from the previous ones.',
  reads: 'sequences',
  data: forecastData,
  traits: { oneAnswer: [], answersAfterReading: [], readsAhead: [], gradient: [] },
  allowed: [
    wholeSequences,
    { path: 'train.loss', values: ['auto', 'mse'], why: 'the loss of values is the squared error' },
  ],
  metrics: [
    { ...answerLoss, unit: 'squared error', about: 'Mean squared error over all held-out values, in units of the variance.' },
    { ...squaredError, about: 'Mean squared error over all held-out values, in units of the variance.' },
    { ...squaredError, name: 'val/persistence_mse', title: 'Mean squared error of persistence', about: 'Mean squared error over all held-out values of always predicting the last value read: a baseline.' },
  ], // prettier-ignore
  rankedBy: 'val/loss',
  formerly: {},
  format: csv,
  presets,
  dataSummary: ({ dataset, column }) => (column ? `${dataset} (${column})` : dataset),
  abilities: ({ validation }) => ({
    generates: null,
    inspects: null,
    ...(validation > 0 && { readsNumbers: true as const }),
    saliency: validation > 0 ? 'series' : null,
    applies: null,
    answers: 'examples',
  }),
  validates: ({ validation }) => validation > 0,
  text: { reading: () => plainReading, whole: () => true },
  network: (config) => exampleNetwork(config, forecastShape),
  heldOut(config, text) {
    const { problem, heldOut, lengthSample } = forecastSource(config, config.data, text)
    return heldOutOfProblem(config, problem, heldOut, lengthSample)
  },
  open(config, text) {
    const source = forecastSource(config, config.data, text)
    const task = examplesTask(config, source)
    const { evaluation } = task
    if (!evaluation || source.persistence === undefined) return task
    const metrics = (sums: Record<string, number>) => ({
      ...evaluation.metrics(sums),
      'val/persistence_mse': source.persistence!,
    })
    return { ...task, evaluation: { ...evaluation, metrics } }
  },
})
