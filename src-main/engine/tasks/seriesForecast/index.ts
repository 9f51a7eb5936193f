// The row of the series forecast: the next records of columns of numbers from the previous ones.
import type { Text } from '../../data/source.ts'
import { plainReading } from '../../data/reading.ts'
import { csv } from '../../formats/csv.ts'
import type { Task } from '../../training/task.ts'
import { defineTask, type ConfigOf } from '../defineTask.ts'
import { wholeSequences } from '../examples/linesData.ts'
import { heldOutOfProblem } from '../examples/heldOut.ts'
import { exampleNetwork, lossFor, type ExampleNetwork } from '../examples/network.ts'
import { examplesTask } from '../examples/training.ts'
import { forecastAnswers } from './answers.ts'
import { forecastData, type ForecastData } from './data.ts'
import { forecastEvaluation } from './evaluation.ts'
import { metrics } from './metrics.ts'
import { newSeriesForecaster } from './newSeries.ts'
import { presets } from './presets.ts'
import { forecastShape } from './shape.ts'
import { forecastSource } from './source.ts'

export const seriesForecast = defineTask({
  id: 'series-forecast',
  title: 'Series forecast',
  about: 'Predicts the next records of columns of numbers from the previous ones.',
  reads: 'sequences',
  data: forecastData,
  traits: { oneAnswer: [], answersAfterReading: [], readsAhead: [], gradient: [] },
  allowed: [
    wholeSequences,
    {
      path: 'train.loss',
      values: ['auto', 'mse', 'sse', 'mae', 'gaussian', 'quantile'],
      why: 'the answers are numbers or their distribution',
    },
  ],
  metrics,
  rankedBy: 'val/loss',
  formerly: {},
  format: csv,
  presets,
  dataSummary: ({ dataset, columns }) => (columns ? `${dataset} (${columns})` : dataset),
  abilities: ({ validation }) => ({
    generates: null,
    inspects: null,
    ...(validation > 0 && { readsNumbers: true as const }),
    saliency: validation > 0 ? 'series' : null,
    applies: 'series',
    answers: 'forecast',
  }),
  validates: ({ validation }) => validation > 0,
  text: { reading: () => plainReading, whole: () => true },
  network: (config, _symbols, _labels, columns) => exampleNetwork(config, forecastShape(config, columns)),
  heldOut(config, text) {
    const { problem, heldOut, lengthSample } = forecastSource(config, config.data, text)
    return heldOutOfProblem(config, problem, heldOut, lengthSample)
  },
  forecaster: newSeriesForecaster,
  open: openForecast,
})

function openForecast(config: ConfigOf<ForecastData>, text: Text): Task {
  const source = forecastSource(config, config.data, text)
  // Validation and predictions are those of forecasts, so the task of examples gets none to hold out.
  const task = examplesTask(config, { ...source, heldOut: [] })
  const network = task.network as ExampleNetwork
  const loss = lossFor(config, source.problem)
  return {
    ...task,
    columns: source.transform.columns,
    symbols: { ...task.symbols, validation: source.heldOut.length * config.data.history },
    ...(source.heldOut.length > 0 && {
      evaluation: forecastEvaluation(network, loss, source, config.data),
    }),
    answers: forecastAnswers(network, loss, source, config.data),
  }
}
