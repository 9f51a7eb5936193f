// Forecasts of held-out records in the terminal: the error of each column beside persistence, and the last records of the first column.
import { curveErrors, curveVerdict } from '../../../contract/forecastErrors.ts'
import type { ForecastTable } from '../../../contract/run.ts'
import { figure, table } from '../format.ts'

/** Records that are listed. */
const listed = 10

export function forecastLines(forecasts: ForecastTable): string[] {
  const { curves, labels, omitted } = forecasts
  const first = curves[0]!
  const rows = labels.map((label, i) => [
    label,
    figure(first.truth[i]),
    figure(first.forecast[i]),
    ...(first.lower ? [figure(first.lower[i]), figure(first.upper![i])] : []),
    figure(first.persistence[i]),
  ])
  const interval = first.lower ? ['lower>', 'upper>'] : []
  return [
    ...curves.flatMap((curve) => [
      `${curve.name}  ${curveVerdict(curve, forecasts, figure)}`,
      ...(curve.freeRuns.length > 0
        ? [
            `${curve.name}  Free-running over ${curve.freeRuns[0]!.values.length} records: mean absolute error ${figure(curveErrors(curve).freeRuns[0])}.`,
          ]
        : []),
    ]),
    ...(omitted > 0 ? [`${omitted} more columns are predicted; see the metrics`] : []),
    ...table(['record', `${first.name}>`, 'forecast>', ...interval, 'persistence>'], rows.slice(-listed)),
  ]
}
