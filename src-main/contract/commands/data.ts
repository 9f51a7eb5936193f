// Commands on the texts that runs read.
import { z } from 'zod'
import { datasetId } from '../config.ts'
import { decodeModeOf, encodings, type Dataset, type DatasetDetail } from '../data.ts'
import { nearest } from '../errors.ts'
import { importSettings, type FilePart, type FoundData } from '../importing.ts'
import { bytes, command, job, nothing } from './command.ts'

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

/** How an import reads a file; see importing.ts. */
const how = { decode, settings: importSettings.default({}) }
const name = z.string().max(1000)
/** Paths inside a folder; undefined: a single file. */
const files = z.array(z.string().min(1).max(4096)).min(1).max(1_000_000).optional()
const part = z.strictObject({
  file: z.string().max(4096),
  bytes,
  last: z.boolean(),
}) satisfies z.ZodType<FilePart>

export const dataCommands = {
  'data.list': command<Dataset[]>()({ runsIn: 'app', input: nothing }),
  'data.get': command<DatasetDetail>()({ runsIn: 'app', input: one }),
  'data.import': command<DatasetDetail>()({
    runsIn: 'app',
    input: z.strictObject({ name, bytes, ...how }),
  }),
  /** A file or a folder; `target`: a second file whose lines pair with those of the first. */
  'data.importFile': command<DatasetDetail>()({
    runsIn: 'app',
    local: true,
    input: z.strictObject({ path: z.string().max(8192), target: z.string().max(8192).optional(), ...how }),
  }),
  /** How a file would be read, from its beginning (with `whole`: from all of it), or a folder from its first file; `needsWhole` if the beginning does not suffice. */
  'data.look': command<{ found: FoundData | null; needsWhole: boolean }>()({
    runsIn: 'app',
    input: z.strictObject({ name, files, bytes, whole: z.boolean(), ...how }),
  }),
  'data.lookAtFile': command<FoundData>()({
    runsIn: 'app',
    local: true,
    input: z.strictObject({ path: z.string().max(8192), ...how }),
  }),
  /** Begins an import (with `paired`, of two files whose lines pair) whose parts follow with `data.upload`; answers when it has ended. */
  'data.importParts': command<DatasetDetail>()({
    runsIn: 'app',
    input: z.strictObject({ job, name, files, paired: z.boolean().optional(), ...how }),
  }),
  /** The next parts of an import; answers when more can be taken. `last`: these are the last ones; `cancel`: the import ends without a data set. */
  'data.upload': command<{ taken: number }>()({
    runsIn: 'app',
    input: z.strictObject({
      job,
      parts: z.array(part).max(100_000),
      last: z.boolean(),
      cancel: z.boolean().default(false),
    }),
  }),
  'data.remove': command<{ id: string }>()({ runsIn: 'app', input: one }),
}
