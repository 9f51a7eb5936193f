// Options of a series forecast: the columns of a table, what is predicted from what, and how the values are transformed and scaled.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

const columnNames = z.string().max(2000)

export const forecastData = z.strictObject({
  dataset: datasetId.default('waves').meta(meta('Table', 'A file of comma-separated values, one record per line, in order of time.')),
  columns: columnNames.default('').meta(meta('Columns', 'Columns of numbers that are read: names, or indices from 1, separated by commas. Empty: all, but for one that counts the records. "first": the first one.', { also: 'column features feature_cols input_columns usecols' })),
  targets: columnNames.default('').meta(meta('Targets', 'Columns that are predicted, some of those read. Empty: all.', { also: 'target target_cols label_columns' })),
  date: z.string().max(200).default('').meta(meta('Date column', 'Column of dates, which must ascend. Empty: a column of dates is found by itself, and only warned about if it does not ascend.', { also: 'ds timestamp time_col' })),
  history: z.int().min(1).max(4096).default(24).meta(meta('History', 'Number of records from which the next ones are predicted.', { scale: 'log', unit: 'records', also: 'look_back lookback lag lags input_length input_chunk_length seq_len context_length' })),
  horizon: z.int().min(1).max(512).default(1).meta(meta('Horizon', 'Number of records that are predicted at once.', { scale: 'log', unit: 'records', also: 'prediction_length output_chunk_length pred_len forecast_horizon steps_ahead' })),
  missing: z.enum(['refuse', 'previous', 'linear', 'mean']).default('refuse').meta(meta('Missing values', 'What an empty cell is read as. Values that were filled are never targets.', { values: { refuse: 'an error that names the line', previous: 'the value before it', linear: 'on the line between the values around it', mean: 'the mean of the training part' }, also: 'fillna impute interpolate' })),
  transform: z.enum(['none', 'log']).default('none').meta(meta('Transform', 'Applied to values before differences and scaling, and undone before errors are measured.', { values: { none: 'the values as they are', log: 'natural logarithm, for values above 0 that grow by percents' } })),
  difference: z.enum(['none', 'first', 'seasonal']).default('none').meta(meta('Difference', 'What the network reads and predicts in place of values; undone before errors are measured.', { values: { none: 'the values', first: 'changes since the record before; predicted are changes since the last one read', seasonal: 'changes since the record one season before' }, also: 'differencing integrate diff' })),
  season: z.int().min(0).max(100_000).default(0).meta(meta('Season', 'Records of a season: 12 for months of years, 7 for days of weeks. 0: none, so there is no seasonal baseline.', { unit: 'records', also: 'period seasonality seasonal_period sp m freq' })),
  scaling: z.enum(['standard', 'none']).default('standard').meta(meta('Scaling', 'How each column is scaled.', { values: { standard: 'mean 0 and standard deviation 1 over the training part', none: 'not at all' }, also: 'normalize standardize scaler' })),
  quantiles: z.string().max(200).default('0.1, 0.5, 0.9').meta(meta('Quantiles', 'Probabilities of the quantiles that are predicted, ascending; the middle one is the forecast, the outer ones are the interval.', { when: { path: 'train.loss', in: ['quantile'] }, also: 'quantile_levels' })),
  validation: z.number().min(0).max(0.9).default(0.3).meta(meta('Validation split', 'Fraction of records at the end of the table that are held out; the histories of the first ones reach into the training part.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type ForecastData = z.output<typeof forecastData>
