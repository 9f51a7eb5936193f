// Examples from a column of numbers: `history` values as the input, the next one as the answer, standardised with the mean and standard
// deviation of the training part.
import type { RunConfig } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { numbersOf, readTable } from '../../formats/csv.ts'
import { seedWords } from '../../nn/initialise.ts'
import { shuffledBatches } from '../examples/batches.ts'
import type { Example, Problem, Shape } from '../examples/example.ts'
import type { Source } from '../examples/sources.ts'
import type { ForecastData } from './data.ts'

/** One number per step as the input, one number as the answer. */
export const forecastShape: Shape = {
  topology: 'one',
  input: { channels: 1 },
  output: { kind: 'number', stop: false },
  predictsNext: false,
  words: false,
}

/** A source of examples with the error of the persistence baseline. */
export interface ForecastSource extends Source {
  /** Mean squared error of repeating the last input value, over the validation part, in units of the variance; undefined without validation. */
  persistence: number | undefined
}

/** Number of history values shown in the table, the last ones. */
const shownHistory = 3

/** The source of a table's column. Throws E_DATA_EMPTY, E_DATA_FORMAT with the line, and E_DATA_SHORT if the training part has no example. */
export function forecastSource(
  { train, seed }: Pick<RunConfig, 'train' | 'seed'>,
  { column, history, validation }: ForecastData,
  text: Text,
): ForecastSource {
  const values = numbersOf(readTable(wholeText(text)), column)
  const heldOut = Math.round(values.length * validation)
  const cut = values.length - heldOut
  if (cut <= history)
    throw new UnrollError(
      'E_DATA_SHORT',
      `data.history: the training part has ${cut} values; ${history} and the next one need at least ${history + 1}. Lower it, or take a longer series.`,
      { path: 'data.history' },
    )
  const { mean, deviation } = momentsOf(values.subarray(0, cut))
  const scaled = values.map((value) => (value - mean) / deviation)
  const example = (at: number): Example => ({
    input: scaled.subarray(at - history, at),
    answer: scaled.subarray(at, at + 1),
  })
  const examples = Array.from({ length: values.length - history }, (_, i) => example(i + history))
  const trainExamples = examples.slice(0, cut - history)
  const heldOutExamples = examples.slice(cut - history)
  const formatNumber = (value: number) => Number((value * deviation + mean).toPrecision(6)).toString()
  const problem: Problem = {
    ...forecastShape,
    dimensions: [column || 'value'],
    symbols: [],
    labels: [],
    unknown: -1,
    separator: ' ',
    judge: { kind: 'argmax' },
    tolerance: 0,
    maxLength: { input: history, answer: 1 },
    fixedLength: true,
    extrapolates: false,
    formatExample: ({ input, answer }) => ({
      input: `… ${Array.from(input).slice(-shownHistory).map(formatNumber).join(' ')}`,
      expected: formatNumber(answer[0]!),
    }),
    formatNumber,
  }
  return {
    problem,
    batches: shuffledBatches(problem, trainExamples, train.batch, seedWords(seed), false),
    lengthSample: trainExamples,
    heldOut: heldOutExamples,
    count: trainExamples.length,
    bytes: 8 * values.length,
    warnings: [],
    persistence: heldOutExamples.length > 0 ? persistenceOf(heldOutExamples, history) : undefined,
  }
}

/** Mean and standard deviation, which is replaced by 1 for a constant series. */
function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) || 1 }
}

const persistenceOf = (examples: readonly Example[], history: number): number =>
  examples.reduce((sum, { input, answer }) => sum + (answer[0]! - input[history - 1]!) ** 2, 0) /
  examples.length
