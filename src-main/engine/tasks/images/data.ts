// Options of generated images, shared by the two tasks on images.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'

export const imageData = z.strictObject({
  texture: z.enum(['stripes', 'checkers', 'blobs', 'digits', 'mixed']).default('stripes').meta(meta('Texture', 'The pattern of the generated images.', { values: { stripes: 'stripes of any angle, width and phase', checkers: 'checkerboards', blobs: 'bright round spots', digits: 'digits drawn with a pen', mixed: 'all of these' } })),
  size: z.int().min(8).max(32).default(16).meta(meta('Size', 'Rows and columns of an image.', { unit: 'pixels' })),
  levels: z.int().min(2).max(16).default(4).meta(meta('Gray levels', 'Number of gray levels of a pixel.')),
}) // prettier-ignore
export type ImageData = z.output<typeof imageData>
