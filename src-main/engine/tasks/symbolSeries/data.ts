// Options of Elman's series.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'

export const seriesData = z.strictObject({
  series: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1).meta(meta('Series', 'Which of the three symbol series to learn; 2 and 3 need two and three steps of memory.')),
}) // prettier-ignore
export type SeriesData = z.output<typeof seriesData>
