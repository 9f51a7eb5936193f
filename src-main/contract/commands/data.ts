// Commands on the texts that runs read.
import { z } from 'zod'
import { datasetId } from '../config.ts'
import { decodeModeOf, encodings, type Dataset, type DatasetDetail } from '../data.ts'
import { nearest } from '../errors.ts'
import { bytes, command, nothing } from './command.ts'

const one = z.strictObject({ id: datasetId })
/** How to read a file that is not UTF-8: strict, replace, skip or an encoding. */
const decode = z
  .string()
  .max(40)
  .default('strict')
  .transform((word, context) => {
    const mode = decodeModeOf(word)
    if (mode) return mode
    const names = ['strict', 'replace', 'skip', ...Object.keys(encodings)]
    const near = nearest(word, names)
    context.addIssue(
      `"${word}" is no encoding; ${near ? `did you mean ${near}?` : `known here: ${names.join(', ')}`}`,
    )
    return z.NEVER
  })

export const dataCommands = {
  'data.list': command<Dataset[]>()({ runsIn: 'app', input: nothing }),
  'data.get': command<DatasetDetail>()({ runsIn: 'app', input: one }),
  'data.import': command<DatasetDetail>()({
    runsIn: 'app',
    input: z.strictObject({ name: z.string().max(1000), bytes, decode }),
  }),
  'data.importFile': command<DatasetDetail>()({
    runsIn: 'app',
    local: true,
    input: z.strictObject({ path: z.string().max(8192), decode }),
  }),
  'data.remove': command<{ id: string }>()({ runsIn: 'app', input: one }),
}
