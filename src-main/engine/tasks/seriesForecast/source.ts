// A column of numbers -> examples: `history` values in, the next one out, in units of the training part (mean 0, standard deviation 1).
import type { RunConfig } from '../../../contract/config.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { numbersOf, readTable } from '../../formats/csv.ts'
import { seedWords } from '../../nn/initialise.ts'
import { shuffledBatches } from '../examples/batches.ts'
import type { Example, Problem, Shape } from '../examples/example.ts'
import type { Source } from '../examples/sources.ts'
import type { ForecastData } from './data.ts'

export const forecastShape: Shape = {
  topology: 'one',
  input: { lines: 1 },
  output: { kind: 'number', stop: false },
  next: false,
  words: false,
}

export interface ForecastSource extends Source {
  /** Mean squared error of repeating the last value read, over the validation part; undefined without one. */
  persistence: number | undefined
}

/** Last values of the history that are shown in the table. */
const shown = 3

/** Throws E_DATA_EMPTY, E_DATA_FORMAT with the line, and E_DATA_SHORT for a column that is shorter than one example for each part. */
export function forecastSource(
  { train, seed }: Pick<RunConfig, 'train' | 'seed'>,
  { column, history, validation }: ForecastData,
  text: Text,
): ForecastSource {
  const values = numbersOf(readTable(wholeText(text)), column)
  const held = Math.round(values.length * validation)
  const cut = values.length - held
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
  const own = examples.slice(0, cut - history)
  const rest = examples.slice(cut - history)
  const written = (value: number) => Number((value * deviation + mean).toPrecision(6)).toString()
  const problem: Problem = {
    ...forecastShape,
    symbols: [],
    labels: [],
    unknown: -1,
    space: ' ',
    judge: { kind: 'likeliest' },
    tolerance: 0,
    longest: { input: history, answer: 1 },
    uniform: true,
    beyond: false,
    show: ({ input, answer }) => ({
      input: `… ${Array.from(input).slice(-shown).map(written).join(' ')}`,
      expected: written(answer[0]!),
    }),
    written,
  }
  return {
    problem,
    batches: shuffledBatches(problem, own, train.batch, seedWords(seed), false),
    usual: own,
    held: rest,
    count: own.length,
    bytes: 8 * values.length,
    warnings: [],
    persistence: rest.length > 0 ? persistenceOf(rest, history) : undefined,
  }
}

/** Mean and standard deviation; 1 for a constant series. */
function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) || 1 }
}

const persistenceOf = (examples: readonly Example[], history: number): number =>
  examples.reduce((sum, { input, answer }) => sum + (answer[0]! - input[history - 1]!) ** 2, 0) /
  examples.length
