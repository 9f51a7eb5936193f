// Options of generated images, for both tasks that read them.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'

export const imageData = z.strictObject({
  texture: z.enum(['stripes', 'checkers', 'blobs', 'digits', 'mixed']).default('stripes').meta(meta('Texture', 'What the generated pictures show.', { values: { stripes: 'stripes of any angle, width and phase', checkers: 'checkerboards', blobs: 'round lights', digits: 'digits drawn with a pen', mixed: 'all of them' } })),
  size: z.int().min(8).max(32).default(16).meta(meta('Size', 'Rows and columns of a picture.', { unit: 'pixels' })),
  levels: z.int().min(2).max(16).default(4).meta(meta('Gray levels', 'Brightness is one of so many.')),
}) // prettier-ignore
export type ImageData = z.output<typeof imageData>
