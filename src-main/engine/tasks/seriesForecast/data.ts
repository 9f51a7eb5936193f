// Options of a numeric series: a column of a table, and how many values are read.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

export const forecastData = z.strictObject({
  dataset: datasetId.default('waves').meta(meta('Table', 'A file with comma-separated values, a record on every line, in order of time.')),
  column: z.string().max(200).default('').meta(meta('Column', 'Its name, or its number from 1. Empty: the first column of numbers.')),
  history: z.int().min(1).max(4096).default(24).meta(meta('History', 'Values that are read before the next one is predicted.', { scale: 'log', unit: 'values', also: 'look_back lookback lag lags input_length seq_len' })),
  validation: z.number().min(0).max(0.9).default(0.3).meta(meta('Validation split', 'The last values, never trained on; the first of them are predicted from the end of the others.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type ForecastData = z.output<typeof forecastData>
