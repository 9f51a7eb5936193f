// The configuration of a run. Each option is defined once, in the schema of its group (config/), with default, range, help and scale; the
// launch form, CLI flags, validation and docs tables are derived from these schemas. Options of the data are defined by the task
// (engine/tasks), those of a cell by the cell.
import { z } from 'zod'
import { claimSchema, maxClaims } from './claim.ts'
import { forcingConfig } from './config/forcing.ts'
import { loggingConfig } from './config/logging.ts'
import { modelConfig, type cellOption } from './config/model.ts'
import { optimizerConfig } from './config/optimizer.ts'
import { regularizationConfig } from './config/regularization.ts'
import { runtimeConfig } from './config/runtime.ts'
import { scheduleConfig } from './config/schedule.ts'
import { trainConfig } from './config/train.ts'
import { meta } from './fieldMeta.ts'

// Validation without generated code, which the page's content security policy forbids.
z.config({ jitless: true })

/** Id of a text. */
export const datasetId = z
  .string()
  .regex(/^[0-9a-z][0-9a-z-]{0,63}$/, 'must be the id of a text: small letters, digits and dashes')

/** Seeds are below 2^53, so that JSON represents them exactly. */
export const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/**
 * Version of the format. Since 2: tokenizer 2. Since 3: the task is the key `task`, before it was a key of `data`. Since 4: options of
 * training are in groups, some renamed (older.ts).
 */
export const configVersion = 4

/** Schemas of the groups of options, in the order of forms and docs; `data` is not one of them, its schema depends on the task. */
export const optionGroups = {
  model: modelConfig,
  train: trainConfig,
  optimizer: optimizerConfig,
  schedule: scheduleConfig,
  regularization: regularizationConfig,
  forcing: forcingConfig,
  logging: loggingConfig,
  runtime: runtimeConfig,
}
export type OptionGroup = keyof typeof optionGroups
export const groupNames = Object.keys(optionGroups) as OptionGroup[]
/** A record with the value of `of` for each group. */
export const fromGroups = <T>(of: (group: OptionGroup) => T): Record<OptionGroup, T> =>
  Object.fromEntries(groupNames.map((group) => [group, of(group)])) as Record<OptionGroup, T>

/** Options of the data of any task; the row of the task has their schema. */
export const dataSection = z.record(z.string().max(64), z.union([z.number(), z.boolean(), z.string()]))

export const runConfig = z.strictObject({
  version: z.literal(configVersion).default(configVersion),
  name: z
    .string()
    .default('')
    .meta(
      meta('Name', 'Name of the run, up to 200 characters. If empty, a name is generated from the options.'),
    ),
  preset: z.string().max(64).default(''),
  seed: seed
    .optional()
    .meta(
      meta(
        'Seed',
        'Runs with the same seed and options are equal bit for bit. If empty, a seed is drawn and stored with the run.',
      ),
    ),
  task: z.string().max(64).optional(),
  data: dataSection.default({}),
  model: modelConfig.default(modelConfig.parse({})),
  train: trainConfig.default(trainConfig.parse({})),
  optimizer: optimizerConfig.default(optimizerConfig.parse({})),
  schedule: scheduleConfig.default(scheduleConfig.parse({})),
  regularization: regularizationConfig.default(regularizationConfig.parse({})),
  forcing: forcingConfig.default(forcingConfig.parse({})),
  logging: loggingConfig.default(loggingConfig.parse({})),
  runtime: runtimeConfig.default(runtimeConfig.parse({})),
  /** Claims tested at every validation, fixed at the launch; a launch without this key takes those of the workbench. */
  claims: z.array(claimSchema).max(maxClaims).optional(),
})

/** A configuration as users give it: every key is optional. */
export type RunConfigInput = z.input<typeof runConfig>
/** A complete configuration, with defaults and a seed, as it is stored and trained. */
export type RunConfig = Omit<z.output<typeof runConfig>, 'seed' | 'task'> & { seed: number; task: string }
/** Some groups of a configuration, for example `Options<'optimizer' | 'schedule'>`. */
export type Options<G extends OptionGroup> = Pick<RunConfig, G>
export type DataConfig = RunConfig['data']
/** Id of the text that a run reads; undefined if it reads none. */
export const datasetOf = ({ dataset }: DataConfig): string | undefined =>
  typeof dataset === 'string' ? dataset : undefined

export type ModelConfig = RunConfig['model']
export type CellOption = z.output<typeof cellOption>
