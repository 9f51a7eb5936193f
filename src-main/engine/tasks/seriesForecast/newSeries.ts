// Forecasts of series that are not in the data of the run: columns and scaling are those of the checkpoint, and missing values are filled by the
// run's rule.
import type { Options } from '../../../contract/config.ts'
import type { ScaledColumn } from '../../../contract/scaledColumn.ts'
import { lossFor, type ExampleNetwork } from '../examples/network.ts'
import { intervalLevel } from '../examples/numbers.ts'
import type { NewSeries, SeriesForecaster } from '../seriesForecaster.ts'
import type { ForecastData } from './data.ts'
import { forecasterOf } from './forecaster.ts'
import { readSeries, type Series } from './series.ts'
import { forecastShape } from './shape.ts'
import { levelsOf, transformOf } from './transform.ts'

/** The forecaster of a configuration, with the columns of its checkpoint. */
export function newSeriesForecaster(
  config: Options<'train'> & { data: ForecastData },
  columns: readonly ScaledColumn[],
): SeriesForecaster {
  const { data } = config
  const shape = forecastShape(config, columns)
  const loss = lossFor(config, shape)
  const forecaster = forecasterOf(data, shape, loss, transformOf(data, columns))
  const width = columns.length
  const names = columns.map(({ name }) => name)

  function opened(series: Series): NewSeries {
    const { records, labels, warnings, values, filled } = series
    return {
      records,
      labels,
      warnings: warnings.map(({ message }) => message),
      levels: levelsOf(series, data),
      value(record, target) {
        const at = record * width + forecaster.targets[target]!
        return filled[at] ? null : values[at]!
      },
    }
  }

  return {
    columns: names,
    targets: forecaster.targets.map((c) => names[c]!),
    horizon: data.horizon,
    needs: forecaster.needs,
    level: intervalLevel(loss, shape.output),
    runsFree: forecaster.runsFree,
    readTable: (text) =>
      opened(readSeries(text, { columns: names, targets: '', date: '', missing: data.missing }, 1)),
    ofValues: (values) =>
      opened({
        columns: names,
        targets: [0],
        records: values.length,
        values: Float64Array.from(values),
        filled: new Uint8Array(values.length),
        labels: undefined,
        warnings: [],
        firstLine: 1,
      }),
    graph: (network, weights) => forecaster.graph(network as ExampleNetwork, weights, 1),
    forecast(executable, { levels, records }, ahead) {
      const [first] = forecaster.forecast(executable, levels, [records])
      const values =
        ahead > data.horizon
          ? forecaster.freeRun(executable, levels, [records], ahead)[0]!
          : first!.point.subarray(0, ahead * forecaster.targets.length)
      return { values, lower: first!.lower, upper: first!.upper }
    },
  }
}
