// Errors of the curves of a forecast table, beside those of persistence, for page and terminal. Records with a missing truth are left out.
import type { ForecastCurve, ForecastTable } from './run.ts'

/** Mean absolute errors in the unit of the data, and the share of truths inside the interval; null without one, NaN without a truth. */
export interface CurveErrors {
  forecast: number
  persistence: number
  coverage: number | null
  /** Of the free run from one place, over its records. */
  freeRuns: number[]
}

/** Mean absolute error of values beside the truths from place `from` on. */
function meanError(truth: ForecastCurve['truth'], values: readonly number[], from = 0): number {
  const errors = values.flatMap((value, i) => {
    const known = truth[from + i]
    return known == null ? [] : [Math.abs(value - known)]
  })
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}

export function curveErrors({
  truth,
  forecast,
  lower,
  upper,
  persistence,
  freeRuns,
}: ForecastCurve): CurveErrors {
  const known = truth.flatMap((value, i) => (value === null ? [] : [i]))
  const isInside = (i: number) => lower && upper && truth[i]! >= lower[i]! && truth[i]! <= upper[i]!
  return {
    forecast: meanError(truth, forecast),
    persistence: meanError(truth, persistence),
    coverage: lower && upper ? known.filter(isInside).length / known.length : null,
    freeRuns: freeRuns.map(({ from, values }) => meanError(truth, values, from)),
  }
}

/** "Mean absolute error 1.78, 12 % below persistence (2.01)." with what else the curve has; `figure` formats a number. */
export function curveVerdict(
  curve: ForecastCurve,
  { horizon, level }: Pick<ForecastTable, 'horizon' | 'level'>,
  figure: (value: number) => string,
): string {
  const { forecast, persistence, coverage } = curveErrors(curve)
  const share = Math.round(100 * (1 - forecast / persistence))
  const side = share >= 0 ? `${share} % below` : `${-share} % above`
  const ahead = horizon > 1 ? `, ${horizon} records ahead` : ''
  const interval =
    coverage === null || level === null
      ? ''
      : ` ${Math.round(100 * coverage)} % of the values lie inside the ${Math.round(100 * level)} % interval.`
  return `Mean absolute error of the last ${curve.truth.length} records${ahead}: ${figure(forecast)}, ${side} persistence (${figure(persistence)}).${interval}`
}
