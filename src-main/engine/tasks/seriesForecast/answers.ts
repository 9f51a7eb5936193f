// Forecasts of the held-out part that are recorded during training: `horizon` records ahead from every record, and free-running from a few
// places, where forecasts are fed back as inputs.
import type { ForecastCurve, ForecastTable } from '../../../contract/run.ts'
import type { LossName } from '../../nn/losses.ts'
import type { Answers } from '../../training/task.ts'
import type { ExampleNetwork } from '../examples/network.ts'
import { intervalLevel } from '../examples/numbers.ts'
import type { ForecastData } from './data.ts'
import { forecasterOf } from './forecaster.ts'
import type { ForecastSource } from './source.ts'

/** Records that are shown, the last ones; curves; and places from which forecasts run freely. */
const [maxRecords, maxCurves, maxRuns] = [240, 6, 4]
/** Columns of the program. */
const maxColumns = 48
/** A free run has at least this many records. */
const shortestRun = 8

const short = (value: number): number => Number(value.toPrecision(6))

/** The forecasts of the last held-out records; of the last training records if none are held out. */
export function forecastAnswers(
  network: ExampleNetwork,
  loss: LossName,
  source: ForecastSource,
  data: ForecastData,
): Answers {
  const { series, levels, transform, problem, lengthSample, heldOut } = source
  const { horizon } = data
  const width = series.columns.length
  const forecaster = forecasterOf(data, problem, loss, transform)
  const known = heldOut.length > 0 ? heldOut : (lengthSample as typeof heldOut)
  const end = known.at(-1)!.origin + 1
  const begin = Math.max(known[0]!.origin, end - maxRecords)
  const origins = Array.from({ length: end - begin }, (_, i) => begin + i)
  const columns = Math.min(origins.length, maxColumns)
  const shown = forecaster.targets.slice(0, maxCurves)
  const ahead = horizon - 1
  const valueAt = (t: number, c: number) => {
    const at = t * width + c
    return series.filled[at] ? null : short(series.values[at]!)
  }
  /** Places in the curves from which forecasts run freely. */
  const starts = forecaster.runsFree
    ? Array.from({ length: maxRuns }, (_, i) => Math.floor((i * origins.length) / maxRuns)).filter(
        (start, i, all) => start > (all[i - 1] ?? -1) && origins.length - start >= shortestRun,
      )
    : []

  return {
    graph: (weights) => ({ outputs: forecaster.graph(network, weights, columns) }),
    prepare: () => {},
    table(executable): ForecastTable {
      const made = forecaster.forecast(executable, levels, origins)
      const runs = starts.length > 0 ? freeRuns() : []
      const curves = shown.map((c, i): ForecastCurve => {
        const at = ahead * forecaster.targets.length + i
        const list = (of: 'point' | 'lower' | 'upper') =>
          made[0]![of] ? made.map((one) => short(one[of]![at]!)) : null
        return {
          name: series.columns[c]!,
          truth: origins.map((origin) => valueAt(origin + ahead, c)),
          forecast: list('point')!,
          lower: list('lower'),
          upper: list('upper'),
          persistence: origins.map((origin) => short(series.values[(origin - 1) * width + c]!)),
          freeRuns: runs.map(({ from, values }) => ({ from, values: values[i]! })),
        }
      })
      return {
        kind: 'forecast',
        horizon,
        level: intervalLevel(loss, problem.output),
        labels: origins.map((origin) => series.labels?.[origin + ahead] ?? String(origin + ahead + 1)),
        curves,
        omitted: forecaster.targets.length - shown.length,
      }

      /** Values (curves, records) from each start to the end of the curves; a run begins with the first record after its history. */
      function freeRuns() {
        const steps = origins.length - starts[0]! + ahead
        const all = forecaster.freeRun(
          executable,
          levels,
          starts.map((start) => origins[start]!),
          steps,
        )
        return all.map((values, r) => {
          const from = starts[r]!
          const length = origins.length - from
          return {
            from,
            values: shown.map((_, i) =>
              Array.from({ length }, (__, k) => short(values[(ahead + k) * forecaster.targets.length + i]!)),
            ),
          }
        })
      }
    },
  }
}
