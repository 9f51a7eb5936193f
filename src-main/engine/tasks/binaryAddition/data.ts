// Options of binary addition.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'

export const additionData = z.strictObject({
  bits: z
    .int()
    .min(2)
    .max(24)
    .default(8)
    .meta(meta('Bits', 'Length of the summands; digits are fed least significant first.')),
})
export type AdditionData = z.output<typeof additionData>
