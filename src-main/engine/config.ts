// What a user hands in, or what was stored -> a whole configuration of this version, checked against the schema of its task.
import {
  configVersion,
  groupNames,
  optionGroups,
  runConfig,
  type RunConfig,
  type RunConfigInput,
} from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import { allowedOf, fieldsOf } from '../contract/fields.ts'
import { upgradeConfig, type Renamed } from '../contract/older.ts'
import { otherOptions } from '../contract/suggest.ts'
import type { TaskFacts } from '../contract/taskInfo.ts'
import { checkName, parseWith, refuseHugeConfig } from '../contract/validate.ts'
import { taskInfo, type TaskRow } from './tasks/defineTask.ts'
import { filled, taskFacts, taskRow, tasks } from './tasks/index.ts'

const infos = tasks.map(taskInfo)

/** The schema of a whole configuration of a task, and its options by name. Made once. */
const schemas = new Map<TaskRow, ReturnType<typeof schemaOf>>()
function schemaOf(row: TaskRow) {
  const schema = runConfig.extend({ data: row.data.default(row.data.parse({})) })
  const groups = { data: row.data, ...optionGroups }
  const options = Object.entries(groups).flatMap(([prefix, group]) => fieldsOf(group, prefix))
  return { schema, options: [...otherOptions, ...options] }
}
function schemaFor(row: TaskRow) {
  const made = schemas.get(row) ?? schemaOf(row)
  schemas.set(row, made)
  return made
}

/** A configuration whose seed may still be missing: the caller draws and records one. */
export type Parsed = Omit<RunConfig, 'seed'> & { seed?: number | undefined }

export interface ReadConfig {
  config: Parsed
  /** Old keys that were given. */
  renamed: Renamed[]
}

/** A whole configuration with defaults filled in. Throws every E_CONFIG_ error, E_SEED, E_NAME. */
export function readConfig(value: unknown): ReadConfig {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      'configuration: expected an object such as {"train":{"steps":2000}}.',
    )
  }
  refuseHugeConfig(value)
  const { version } = value as { version?: unknown }
  if (typeof version === 'number' && version > configVersion) {
    throw new UnrollError(
      'E_CONFIG_VERSION',
      `version: made for format ${version}; this Unroll reads up to ${configVersion}. Update Unroll.`,
      { path: 'version' },
    )
  }
  const { config: given, renamed } = upgradeConfig(value as Record<string, unknown>, infos)
  const row = given['task'] === undefined ? tasks[0]! : taskRow(String(given['task']))
  const { schema, options } = schemaFor(row)
  const updated =
    version === 1 || version === 2 || version === 3 ? { ...given, version: configVersion } : given
  // A configuration of version 1 keeps the rule by which its texts were cut into symbols.
  const first = version === 1 && 'tokenizer' in row.data.shape
  const input = first ? { ...updated, data: { tokenizer: 1, ...(given['data'] as object) } } : updated
  const parsed = parseWith(schema, input, 'config', 'configuration', options)
  const { version: now, name, preset, seed, task: _, data, ...groups } = parsed
  // Always in this order, so that a configuration that is read and written again has the same bytes.
  const config: Parsed = { version: now, name, preset, ...(seed !== undefined && { seed }), task: row.id, data: data as RunConfig['data'], ...groups } // prettier-ignore
  config.name = checkName(config.name)
  fillAllowed(config, input as RunConfigInput, row)
  refuseEndless(config)
  return { config, renamed }
}

export const parseConfig = (value: unknown): Parsed => readConfig(value).config

/** Where a task takes some values only, what the user did not say is the usual one of them. */
function fillAllowed(config: Parsed, input: RunConfigInput, row: TaskRow): void {
  const sections = config as unknown as Record<string, Record<string, unknown>>
  const said = input as Record<string, Record<string, unknown> | undefined>
  for (const { path } of row.allowed ?? []) {
    const [group, key] = path.split('.') as [string, string]
    const allowed = allowedOf(path, filled(config, row))
    if (
      allowed &&
      said[group]?.[key] === undefined &&
      !allowed.values.includes(sections[group]![key] as never)
    )
      sections[group]![key] = allowed.values[0]
  }
}

function refuseEndless({ train }: Parsed): void {
  if (train.steps === 0 && train.epochs === 0) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      'train.steps: steps and epochs are both 0, so the run would never end. Set one of them.',
      { path: 'train.steps' },
    )
  }
  if (train.stride > train.window) {
    throw new UnrollError(
      'E_CONFIG_RANGE',
      `train.stride: ${train.stride} is longer than the window of ${train.window}; some symbols would never be trained on.`,
      { path: 'train.stride' },
    )
  }
}

const keysOf = (shape: object) => Object.keys(shape)
const complete = groupNames.map((group) => [group, keysOf(optionGroups[group].shape)] as const)
const completeData = new Map(tasks.map(({ id, data }) => [id, keysOf(data.shape)]))

/** What was checked when it was stored needs no second check: a table of 10,000 runs has 10,000 of them. */
function isComplete(value: unknown): value is RunConfig {
  const config = value as { [key: string]: object | undefined; seed?: never; task?: never } | null
  if (config === null || typeof config !== 'object' || typeof config.seed !== 'number') return false
  if (Number(config['version']) !== configVersion) return false
  const has = (part: unknown, keys: readonly string[] | undefined) =>
    typeof part === 'object' &&
    part !== null &&
    keys !== undefined &&
    keys.every((key) => Object.hasOwn(part, key))
  return (
    has(config['data'], completeData.get(String(config['task']))) &&
    complete.every(([group, keys]) => has(config[group], keys))
  )
}

/** A stored configuration as this version has it, with what its task says of it. */
export function readStored(value: unknown): { config: RunConfig; task: TaskFacts } {
  const config = isComplete(value) ? value : (parseConfig(value) as RunConfig)
  return { config, task: taskFacts(config) }
}
