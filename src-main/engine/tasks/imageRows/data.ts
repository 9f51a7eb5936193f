// Options of the data of the task that reads images row by row.
import { z } from 'zod'
import { datasetId } from '../../../contract/config.ts'
import { meta } from '../../../contract/fieldMeta.ts'

export const rowsData = z.strictObject({
  dataset: datasetId.default('drawn-digits').meta(meta('Images', 'Images in their stored form: gray levels with a class for each.')),
  read: z.enum(['rows', 'columns', 'pixels']).default('rows').meta(meta('Read', 'What the network reads at one step.', { values: { rows: 'a row of pixels, from top to bottom', columns: 'a column of pixels, from left to right', pixels: 'a pixel, row by row: as many steps as pixels' }, also: 'sequential pixel_by_pixel smnist scanline' })),
  validation: z.number().min(0).max(0.9).default(0.2).meta(meta('Validation split', 'Fraction of the images, the last ones, that are held out.', { also: 'validation_split val_split val_fraction test_size' })),
}) // prettier-ignore
export type RowsData = z.output<typeof rowsData>
