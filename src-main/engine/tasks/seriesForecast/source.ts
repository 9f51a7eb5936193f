// Examples of a table: `history` records as the input, the targets of the next `horizon` records as the answer, scaled by the moments of the
// training part. Records after the cut are held out; their histories reach before it.
import type { Options, RunConfig } from '../../../contract/config.ts'
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import { wholeText, type Text } from '../../data/source.ts'
import { seedWords } from '../../nn/initialise.ts'
import { shuffledBatches } from '../examples/batches.ts'
import type { Example, Problem } from '../examples/example.ts'
import type { Source } from '../examples/sources.ts'
import type { ForecastData } from './data.ts'
import { readSeries, type Series } from './series.ts'
import { forecastShape, type ForecastShape } from './shape.ts'
import { lagOf, levelsOf, scalingOf, transformOf, type Transform } from './transform.ts'

/** An example with the record that its answer begins with. */
export interface ForecastExample extends Example {
  origin: number
}

/** A source of examples with the series that they come from. */
export interface ForecastSource extends Source {
  problem: Problem & ForecastShape
  series: Series
  levels: Float64Array
  transform: Transform
  heldOut: readonly ForecastExample[]
  /** The example whose answer begins with a record. */
  example(origin: number): ForecastExample
}

type ForecastConfig = Options<'train'> & Pick<RunConfig, 'seed'>

/** Number of records of the history shown in the table, the last ones. */
const shownHistory = 3

/** The source of a table. Throws E_DATA_EMPTY, E_DATA_FORMAT with the line, and E_DATA_SHORT if the training part has no example. */
export function forecastSource(config: ForecastConfig, data: ForecastData, text: Text): ForecastSource {
  const { history, horizon, validation } = data
  const series = readSeries(wholeText(text), data, 1 - validation)
  const { records, targets } = series
  const heldOutRecords = Math.round(records * validation)
  const cut = records - heldOutRecords
  const first = history + lagOf(data)
  if (cut < first + horizon) throw tooShort(data, cut, first + horizon)
  const levels = levelsOf(series, data)
  const columns = scalingOf(series, levels, data, cut)
  const transform = transformOf(data, columns)
  const width = columns.length
  const inputs = new Float64Array(records * width)
  for (let t = transform.lag; t < records; t++)
    for (let c = 0; c < width; c++) inputs[t * width + c] = transform.input(levels, t, c)

  const example = (origin: number): ForecastExample => ({
    origin,
    input: inputs.subarray((origin - history) * width, origin * width),
    get answer() {
      return Float64Array.from({ length: horizon * targets.length }, (_, i) => {
        const ahead = Math.floor(i / targets.length)
        const c = targets[i % targets.length]!
        return transform.scale(levels[(origin + ahead) * width + c]!, levels, origin, ahead, c)
      })
    },
  })
  const examplesFrom = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
      .filter((origin) => isCounted(series, data, origin))
      .map(example)
  const trainExamples = examplesFrom(first, cut - horizon + 1)
  if (trainExamples.length === 0) throw tooShort(data, cut, first + horizon)
  const heldOut = examplesFrom(cut, records - horizon + 1)

  const formatNumber = (value: number, index: number, { origin }: ForecastExample) => {
    const level = transform.unscale(
      value,
      levels,
      origin,
      Math.floor(index / targets.length),
      targets[index % targets.length]!,
    )
    return Number(transform.fromLevel(level).toPrecision(6)).toString()
  }
  const problem: ForecastSource['problem'] = {
    ...forecastShape({ ...config, data }, columns),
    dimensions: series.columns,
    answerNames: answerNames(series, horizon),
    symbols: [],
    labels: [],
    unknown: -1,
    separator: ' ',
    judge: { kind: 'argmax' },
    tolerance: 0,
    maxLength: { input: history, answer: 1 },
    fixedLength: true,
    extrapolates: false,
    formatExample(one) {
      const { origin, answer } = one as ForecastExample
      const shown = Array.from({ length: Math.min(shownHistory, history) }, (_, i) => {
        const value = series.values[(origin - Math.min(shownHistory, history) + i) * width + targets[0]!]!
        return Number(value.toPrecision(6)).toString()
      })
      const expected = Array.from(answer, (value, i) => formatNumber(value, i, one as ForecastExample))
      return { input: `… ${shown.join(' ')}`, expected: expected.join(' ') }
    },
    formatNumber: (value, index, one) => formatNumber(value, index, one as ForecastExample),
  }
  return {
    problem,
    series,
    levels,
    transform,
    example,
    batches: shuffledBatches(problem, trainExamples, config.train.batch, seedWords(config.seed), false),
    lengthSample: trainExamples,
    heldOut,
    count: trainExamples.length,
    bytes: 8 * (series.values.length + inputs.length),
    warnings: [...series.warnings, ...partWarnings(data, columns, heldOut.length)],
  }
}

/** "Temp", or with a horizon "Temp +2". */
const answerNames = ({ columns, targets }: Series, horizon: number): string[] =>
  Array.from({ length: horizon }, (_, ahead) =>
    targets.map((c) => (horizon > 1 ? `${columns[c]!} +${ahead + 1}` : columns[c]!)),
  ).flat()

/** Whether an example counts: no target was filled, and no value that the history was filled from belongs to the answer. */
function isCounted({ filled, targets, columns }: Series, data: ForecastData, origin: number): boolean {
  const width = columns.length
  if (data.missing === 'linear')
    for (let c = 0; c < width; c++) if (filled[(origin - 1) * width + c]) return false
  for (let t = origin; t < origin + data.horizon; t++)
    for (const c of targets) if (filled[t * width + c]) return false
  return true
}

function tooShort({ history, horizon }: ForecastData, cut: number, needed: number): UnrollError {
  return new UnrollError(
    'E_DATA_SHORT',
    `data.history: the training part has ${cut} records; a history of ${history} and a horizon of ${horizon} need at least ${needed}. Lower them, or take a longer series.`,
    { path: 'data.history' },
  )
}

function partWarnings(
  { validation, scaling }: ForecastData,
  columns: Transform['columns'],
  heldOut: number,
): Warning[] {
  const say = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
  const isConstant = ({ deviation }: Transform['columns'][number]) =>
    scaling === 'standard' && deviation === 1
  const constant = columns.filter(isConstant).map(({ name }) => name)
  return [
    ...(constant.length > 0
      ? [say(`constant in the training part, so not scaled: ${constant.slice(0, 10).join(', ')}.`)]
      : []),
    ...(validation > 0 && heldOut === 0
      ? [say('the held-out part is shorter than the horizon: there will be no validation metrics.')]
      : []),
  ]
}
