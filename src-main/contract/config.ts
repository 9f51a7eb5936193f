// A run's configuration: every option is said once, in the schema of its group (config/), with its default, range, help and scale. The
// launch form, the CLI flags, validation and the docs tables follow from these schemas. Options of data come from the task
// (engine/tasks), those of a cell from the cell.
import { z } from 'zod'
import { forcingConfig } from './config/forcing.ts'
import { loggingConfig } from './config/logging.ts'
import { modelConfig, type cellOption } from './config/model.ts'
import { optimizerConfig } from './config/optimizer.ts'
import { regularizationConfig } from './config/regularization.ts'
import { runtimeConfig } from './config/runtime.ts'
import { scheduleConfig } from './config/schedule.ts'
import { trainConfig } from './config/train.ts'
import { meta } from './fieldMeta.ts'

// Schemas are checked without code made from strings: the page's content policy forbids it.
z.config({ jitless: true })

export const datasetId = z
  .string()
  .regex(/^[0-9a-z][0-9a-z-]{0,63}$/, 'must be the id of a text: small letters, digits and dashes')

/** Seeds are kept below 2^53 so that JSON carries them exactly. */
export const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/**
 * 2: texts are cut into symbols by tokenizer 2. 3: `task` stands beside `data`, where a key of `data` said it before. 4: options of
 * training are grouped, and some have other names (older.ts).
 */
export const configVersion = 4

/** The groups of options beside those of the task's data, in the order of forms and docs. */
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
/** A value for each group. */
export const fromGroups = <T>(of: (group: OptionGroup) => T): Record<OptionGroup, T> =>
  Object.fromEntries(groupNames.map((group) => [group, of(group)])) as Record<OptionGroup, T>

/** Options of a task's data; their schema stands in the task's row. */
export const dataSection = z.record(z.string().max(64), z.union([z.number(), z.boolean(), z.string()]))

export const runConfig = z.strictObject({
  version: z.literal(configVersion).default(configVersion),
  name: z
    .string()
    .default('')
    .meta(meta('Name', 'For your eyes; up to 200 characters. Left empty, one is made from the settings.')),
  preset: z.string().max(64).default(''),
  seed: seed.optional().meta(meta('Seed', 'Same seed, same bits. Left empty, one is drawn and recorded.')),
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
})

/** What a user may hand in: every key optional. */
export type RunConfigInput = z.input<typeof runConfig>
/** Complete: defaults filled in, seed drawn. What is stored and trained. */
export type RunConfig = Omit<z.output<typeof runConfig>, 'seed' | 'task'> & { seed: number; task: string }
/** Some groups of a configuration, such as `Options<'optimizer' | 'schedule'>`. */
export type Options<G extends OptionGroup> = Pick<RunConfig, G>
export type DataConfig = RunConfig['data']
/** The text that a run reads, if it reads one. */
export const datasetOf = ({ dataset }: DataConfig): string | undefined =>
  typeof dataset === 'string' ? dataset : undefined

export type ModelConfig = RunConfig['model']
export type CellOption = z.output<typeof cellOption>
