// Rows of the metrics that a validation of forecasts records. Errors in the unit of the data are means over all targets and records of the horizon.
import type { MetricRow } from '../../../contract/metrics.ts'
import { answerLoss, squaredError } from '../examples/metrics.ts'

const overAll = 'over all held-out records, the whole horizon and all targets'
const inUnits = 'unit of the data'
const row = (name: string, title: string, about: string, unit = inUnits): MetricRow => ({
  name,
  title,
  direction: 'min',
  unit,
  about,
})

export const metrics: readonly MetricRow[] = [
  { ...answerLoss, unit: 'squared or absolute error, or nats', about: `Mean loss of scaled values ${overAll}; with quantiles the sum of their pinball losses.` },
  { ...squaredError, about: `Mean squared error of scaled values ${overAll}: in units of the variance of what the network reads. Its root is the normalised error (NRMSE).` },
  row('val/mae', 'Mean absolute error', `Mean absolute error ${overAll}, each target in its own unit.`),
  row('val/rmse', 'Root mean squared error', `Root of the mean squared error ${overAll}, each target in its own unit.`),
  row('val/mae_persistence', 'Mean absolute error of persistence', `Mean absolute error ${overAll} of predicting the last value read: a baseline.`),
  row('val/rmse_persistence', 'Root mean squared error of persistence', `Root of the mean squared error ${overAll} of predicting the last value read: a baseline.`),
  row('val/mae_mean', 'Mean absolute error of the mean', `Mean absolute error ${overAll} of predicting the mean of the history: a baseline.`),
  row('val/mae_seasonal', 'Mean absolute error of the seasonal naive forecast', `Mean absolute error ${overAll} of predicting the last value read a whole number of seasons before (data.season): a baseline.`),
  { ...row('val/coverage', 'Coverage', `Fraction of true values ${overAll} that lie inside the interval: between the outer quantiles, or in the middle 80 % of a Gaussian.`, 'fraction'), direction: null },
  row('val/persistence_mse', 'Mean squared error of persistence', `Mean squared error of scaled values ${overAll} of predicting the last value read: a baseline of val/mse.`, 'squared error'),
] // prettier-ignore
