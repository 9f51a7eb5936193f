// Errors of forecasts without a network, over the held-out targets: the last value, the mean of the history, and the value one season before.
import type { ForecastData } from './data.ts'
import type { ForecastSource } from './source.ts'
import { seasonBefore } from './transform.ts'

/** A forecast in the unit of the data: record `origin + ahead` of column `c`, from the records before `origin`. */
type Forecast = (origin: number, ahead: number, c: number) => number

/** Mean absolute and root mean squared error in the unit of the data, and mean squared error in units of the variance. */
interface Errors {
  mae: number
  rmse: number
  scaledMse: number
}

/** Metrics of the baselines; {} without held-out examples. */
export function baselineMetrics(source: ForecastSource, data: ForecastData): Record<string, number> {
  const { series, heldOut } = source
  if (heldOut.length === 0) return {}
  const width = series.columns.length
  const at = (t: number, c: number) => series.values[t * width + c]!
  const meanOfHistory: Forecast = (origin, _, c) => {
    let sum = 0
    for (let t = origin - data.history; t < origin; t++) sum += at(t, c)
    return sum / data.history
  }
  const persistence = errorsOf(source, data, (origin, _, c) => at(origin - 1, c))
  const hasSeason = data.season > 0 && heldOut.every(({ origin }) => origin >= data.season)
  return {
    'val/mae_persistence': persistence.mae,
    'val/rmse_persistence': persistence.rmse,
    'val/mae_mean': errorsOf(source, data, meanOfHistory).mae,
    ...(hasSeason && {
      'val/mae_seasonal': errorsOf(source, data, (origin, ahead, c) =>
        at(seasonBefore(origin, ahead, data.season), c),
      ).mae,
    }),
    'val/persistence_mse': persistence.scaledMse,
  }
}

function errorsOf(
  { series, levels, transform, heldOut }: ForecastSource,
  { horizon }: ForecastData,
  forecast: Forecast,
): Errors {
  const width = series.columns.length
  let [absolute, squared, scaled] = [0, 0, 0]
  for (const { origin } of heldOut)
    for (let ahead = 0; ahead < horizon; ahead++)
      for (const c of series.targets) {
        const at = (origin + ahead) * width + c
        const predicted = forecast(origin, ahead, c)
        const error = predicted - series.values[at]!
        const level = (value: number) => transform.scale(value, levels, origin, ahead, c)
        absolute += Math.abs(error)
        squared += error ** 2
        scaled += (level(transform.toLevel(predicted)) - level(levels[at]!)) ** 2
      }
  const count = heldOut.length * horizon * series.targets.length
  return { mae: absolute / count, rmse: Math.sqrt(squared / count), scaledMse: scaled / count }
}
