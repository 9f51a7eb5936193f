// Options of a series forecast: the column of a table and the length of the history.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

export const forecastData = z.strictObject({
  dataset: datasetId.default('waves').meta(meta('Table', 'A file of comma-separated values, one record per line, in order of time.')),
  column: z.string().max(200).default('').meta(meta('Column', 'Name of the column, or its index from 1. Empty: the first column of numbers.')),
  history: z.int().min(1).max(4096).default(24).meta(meta('History', 'Number of values from which the next one is predicted.', { scale: 'log', unit: 'values', also: 'look_back lookback lag lags input_length seq_len' })),
  validation: z.number().min(0).max(0.9).default(0.3).meta(meta('Validation split', 'Fraction of values at the end of the series that are held out; the histories of the first ones reach into the training part.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type ForecastData = z.output<typeof forecastData>
