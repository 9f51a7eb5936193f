// Values of a series as the network reads them, and forecasts back in the unit of the data. Levels are values or their logarithms; the network
// reads levels or differences of them, scaled. The base of a forecast is the level read last that its change is counted from.
import { UnrollError } from '../../../contract/errors.ts'
import type { ScaledColumn } from '../../../contract/scaledColumn.ts'
import type { ForecastData } from './data.ts'
import type { Series } from './series.ts'

type TransformOptions = Pick<ForecastData, 'transform' | 'difference' | 'season' | 'scaling'>

/** Functions between levels (N, C) and the scaled numbers of the network. `origin` is the first record after a history. */
export interface Transform {
  columns: readonly ScaledColumn[]
  /** Records between a level and the one that it is a difference to; 0 without differences. */
  lag: number
  toLevel(value: number): number
  fromLevel(level: number): number
  /** What the network reads of record `t`, column `c`; `t` is at least `lag`. */
  input(levels: Float64Array, t: number, c: number): number
  /** The scaled answer that stands for a level at record `origin + ahead`. */
  scale(level: number, levels: Float64Array, origin: number, ahead: number, c: number): number
  /** The level that a scaled answer stands for. */
  unscale(answer: number, levels: Float64Array, origin: number, ahead: number, c: number): number
}

/** Throws E_CONFIG_DATA for seasonal differences without a season. */
export function lagOf({ difference, season }: Pick<ForecastData, 'difference' | 'season'>): number {
  if (difference !== 'seasonal') return difference === 'first' ? 1 : 0
  if (season > 0) return season
  throw new UnrollError(
    'E_CONFIG_DATA',
    'data.season: seasonal differences need the records of a season, such as 12 for months. Set it, or set data.difference to none.',
    { path: 'data.season' },
  )
}

/** The record read last, before `origin`, that is a whole number of seasons before record `origin + ahead`. */
export const seasonBefore = (origin: number, ahead: number, season: number): number =>
  origin + ahead - season * (Math.floor(ahead / season) + 1)

/** The transform of scaled columns. Throws E_CONFIG_DATA as lagOf does. */
export function transformOf(data: TransformOptions, columns: readonly ScaledColumn[]): Transform {
  const lag = lagOf(data)
  const width = columns.length
  const isLog = data.transform === 'log'
  const base = (levels: Float64Array, origin: number, ahead: number, c: number): number => {
    if (lag === 0) return 0
    const record = data.difference === 'first' ? origin - 1 : seasonBefore(origin, ahead, lag)
    return levels[record * width + c]!
  }
  const scaled = (change: number, c: number) => (change - columns[c]!.mean) / columns[c]!.deviation
  return {
    columns,
    lag,
    toLevel: isLog ? Math.log : (value) => value,
    fromLevel: isLog ? Math.exp : (level) => level,
    input(levels, t, c) {
      const before = lag > 0 ? levels[(t - lag) * width + c]! : 0
      return scaled(levels[t * width + c]! - before, c)
    },
    scale: (level, levels, origin, ahead, c) => scaled(level - base(levels, origin, ahead, c), c),
    unscale: (answer, levels, origin, ahead, c) =>
      answer * columns[c]!.deviation + columns[c]!.mean + base(levels, origin, ahead, c),
  }
}

/** The levels (N, C) of a series. Throws E_DATA_FORMAT with the line for a value without a logarithm. */
export function levelsOf(
  { values, columns, firstLine }: Series,
  { transform }: TransformOptions,
): Float64Array {
  if (transform === 'none') return values
  const at = values.findIndex((value) => !(value > 0))
  if (at < 0) return values.map(Math.log)
  const line = firstLine + Math.floor(at / columns.length)
  throw new UnrollError(
    'E_DATA_FORMAT',
    `data.transform: line ${line}: column ${columns[at % columns.length]!} is ${values[at]!}, and only values above 0 have a logarithm. Set data.transform to none.`,
    { path: 'data.transform', line },
  )
}

/** Scaling of the columns of a series by the mean and standard deviation of its first `trainRecords` records, as the network reads them. */
export function scalingOf(
  { columns, targets }: Series,
  levels: Float64Array,
  data: TransformOptions,
  trainRecords: number,
): ScaledColumn[] {
  const plain = columns.map((name, c) => ({ name, mean: 0, deviation: 1, target: targets.includes(c) }))
  if (data.scaling === 'none') return plain
  const { lag, input } = transformOf(data, plain)
  return plain.map((column, c) => {
    const changes = Float64Array.from({ length: Math.max(0, trainRecords - lag) }, (_, i) =>
      input(levels, lag + i, c),
    )
    return { ...column, ...momentsOf(changes) }
  })
}

/** Mean and standard deviation of values; the deviation of a constant column is 1, rounding errors left aside. */
function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
  const deviation = Math.sqrt(variance)
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 1 }
}
