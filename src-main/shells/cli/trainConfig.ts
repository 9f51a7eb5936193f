// From the flags of `train` to one configuration: preset, then file, then --data, --set and the short flags; later ones override. Values are
// validated by the app.
import type { Catalog } from '../../contract/catalog.ts'
import { upgradeConfig, renamedText } from '../../contract/older.ts'
import type { TaskInfo } from '../../contract/taskInfo.ts'
import { groupNames, type RunConfigInput } from '../../contract/config.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { Field } from '../../contract/fields.ts'
import { readNumber } from '../../contract/readNumber.ts'
import { sizesInLayers } from '../../contract/shape.ts'
import { oldPaths, optionNow } from '../../contract/renamedOptions.ts'
import { optionLike, otherOptions } from '../../contract/suggest.ts'
import { refuseHostile } from '../../contract/validate.ts'

type Plain = { [key: string]: unknown }
const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** `over` merged into a copy of `base`, key by key; another task replaces the data as a whole. */
export function merge(base: Plain, over: Plain): Plain {
  const out = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = out[key]
    out[key] = isPlain(before) && isPlain(value) ? merge(before, value) : value
  }
  const otherTask = over['task'] !== undefined && base['task'] !== undefined && over['task'] !== base['task']
  if (otherTask) out['data'] = over['data'] ?? {}
  return out
}

/** The configuration of a preset; E_NOT_FOUND with the nearest name. */
export function presetConfig(catalog: Catalog, id: string, hasData: boolean): Plain {
  const preset = catalog.presets.find((p) => p.id === id) ?? catalog.presets.find((p) => p.title === id)
  const ids = catalog.presets.map((p) => p.id)
  if (!preset) {
    const near = nearest(id, [...ids, ...catalog.presets.map((p) => p.title)])
    throw new UnrollError(
      'E_NOT_FOUND',
      `--preset ${id.slice(0, 80)}: unknown; ${near ? `did you mean ${near}?` : `there are ${ids.join(', ')}.`}`,
    )
  }
  if (preset.needsFile && !hasData) {
    throw new UnrollError(
      'E_ARG',
      `--preset ${id} needs a text: ${preset.needsFile.replace(/\.$/, '')}. Name it with --data FILE.`,
    )
  }
  return structuredClone({ ...preset.config, preset: preset.id }) as Plain
}

function fieldsByPath(catalog: Catalog): Map<string, Field | undefined> {
  const fields = [
    ...catalog.tasks.flatMap((task) => task.fields),
    ...groupNames.flatMap((group) => catalog.fields[group]),
    ...catalog.cells.flatMap((cell) => cell.fields),
  ]
  const oldTasks = catalog.tasks.flatMap(({ formerly }) => Object.keys(formerly).map((key) => `data.${key}`))
  const free = ['name', 'seed', 'preset', 'version', 'task', 'model.sizes', ...oldTasks]
  const known = new Map<string, Field | undefined>(free.map((path) => [path, undefined]))
  for (const field of fields) known.set(field.path, field)
  // The value of an option under its old name is read as that of the new one.
  for (const path of oldPaths) if (!known.has(path)) known.set(path, known.get(optionNow(path)))
  return known
}

/** One `--set key=value` as a nested object; the value is JSON, else text. E_CONFIG_UNKNOWN names the nearest key. */
export function settingOf(catalog: Catalog, text: string): Plain {
  const at = text.indexOf('=')
  if (at < 1)
    throw new UnrollError(
      'E_ARG',
      `--set ${text.slice(0, 80)}: expected key=value, for instance train.steps=500.`,
    )
  const path = text.slice(0, at)
  const keys = path.split('.')
  refuseHostile(Object.fromEntries(keys.map((key) => [key, 0])))
  const known = fieldsByPath(catalog)
  if (!known.has(path)) throw unknownKey(path, known)
  const value = typed(text.slice(at + 1), path, known.get(path))
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Plain
}

function unknownKey(path: string, known: ReadonlyMap<string, Field | undefined>): UnrollError {
  const named = [...otherOptions, ...[...known.values()].filter((field) => field !== undefined)]
  const near = optionLike(path, named)
  const hint = near ? `did you mean ${near}?` : '"unroll catalog" lists all keys.'
  return new UnrollError('E_CONFIG_UNKNOWN', `--set ${path.slice(0, 80)}: unknown key; ${hint}`, { path })
}

/** A text as it is; in double quotes as a JSON string. */
function wordOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}

function typed(text: string, path: string, field: Field | undefined): unknown {
  const wordy =
    field?.type === 'text' ||
    field?.choices?.every((choice) => typeof choice === 'string') ||
    path === 'name' ||
    path === 'task'
  // A text that may also be a number, such as a number of layers.
  if (typeof field?.default === 'number' && field.type === 'text' && /^\d+$/.test(text)) return Number(text)
  if (wordy) return wordOf(text)
  if (field?.type === 'number' || field?.type === 'integer' || path === 'seed') {
    const integer = field?.type !== 'number'
    const { value, fault } = readNumber(text, { integer })
    if (fault === undefined) return value
    throw new UnrollError('E_CONFIG_RANGE', `--set ${path}: ${fault}.`, { path })
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export interface TrainFlags {
  /** A complete configuration to start from, such as a run's. */
  base?: object
  preset?: string
  file?: unknown
  /** Dataset to read. */
  dataset?: string
  /** The task that its stored form is for. */
  datasetTask?: string | undefined
  /** Share of its test part, if it has one. */
  testShare?: number | undefined
  set?: string[]
  name?: string
  seed?: number
  threads?: number
}

/** The whole configuration as `runs.launch` takes it. `note` gets a line for every old key. */
export function trainConfig(
  catalog: Catalog,
  flags: TrainFlags,
  note: (line: string) => void = () => {},
): RunConfigInput {
  const upToDate = (part: Plain): Plain => {
    const { config, renamed } = upgradeConfig(part, catalog.tasks)
    for (const one of renamed) note(renamedText(one))
    return config
  }
  let config: Plain =
    flags.preset === undefined
      ? { ...flags.base }
      : presetConfig(catalog, flags.preset, flags.dataset !== undefined)
  if (flags.file !== undefined) {
    if (!isPlain(flags.file))
      throw new UnrollError(
        'E_CONFIG_RANGE',
        '--config: expected an object such as {"train":{"steps":2000}}.',
      )
    config = merge(config, upToDate(flags.file))
  }
  const touched = new Set<string>()
  let set: Plain = {}
  for (const text of flags.set ?? []) {
    const key = text.split('=', 1)[0]!
    refuseFlagToo(optionNow(key), flags)
    if (touched.has(key)) throw new UnrollError('E_ARG', `--set ${key.slice(0, 80)}: set twice. Keep one.`)
    touched.add(key)
    set = merge(set, settingOf(catalog, text))
  }
  set = upToDate(set)
  const task = taskMeant(catalog, config, set, flags)
  config = merge(config, { ...(task !== undefined && { task }), ...set })
  if (flags.dataset !== undefined) config = merge(config, { data: { dataset: flags.dataset } })
  const validates = catalog.tasks
    .find(({ id }) => id === config['task'])
    ?.fields.some(({ path }) => path === 'data.validation')
  if (validates && flags.testShare !== undefined && !touched.has('data.validation')) {
    config = merge(config, { data: { validation: flags.testShare } })
    note(`data.validation=${flags.testShare}: the test part of the data set is held out.`)
  }
  refuseUnused(config, touched)
  if (flags.name !== undefined) config['name'] = flags.name
  if (flags.seed !== undefined) config['seed'] = flags.seed
  if (flags.threads !== undefined) config = merge(config, { runtime: { threads: flags.threads } })
  return config as RunConfigInput
}

/** Settings that have a flag of their own. */
const flagOf = {
  name: 'name',
  seed: 'seed',
  'runtime.threads': 'threads',
  'data.dataset': 'dataset',
} as const

/** E_ARG for an option given both by its flag and by --set; a preset is chosen only by its flag. */
function refuseFlagToo(key: string, flags: TrainFlags): void {
  if (key === 'preset')
    throw new UnrollError('E_ARG', '--set preset: choose a preset with --preset ID.', { path: key })
  const flag = Object.hasOwn(flagOf, key) ? flagOf[key as keyof typeof flagOf] : undefined
  if (flag === undefined || flags[flag] === undefined) return
  const said = flag === 'dataset' ? 'data' : flag
  throw new UnrollError('E_ARG', `--set ${key}: --${said} is given too. Keep one.`, { path: key })
}

/** E_ARG for an option that another given option replaces: it would be silently ignored. */
function refuseUnused(config: Plain, touched: ReadonlySet<string>): void {
  const sizes = isPlain(config['model']) ? sizesInLayers(config['model']) : undefined
  const path = 'model.hidden'
  if (!sizes || !touched.has(path)) return
  throw new UnrollError(
    'E_ARG',
    `--set ${path}: model.layers is ${sizes}, which takes its place. Set model.layers instead, to such sizes or to a number of layers.`,
    { path },
  )
}

/**
 * The task that the options mean: the named one; with a text, a task that reads texts, selected by the data options if they belong to one such
 * task only, else the task so far, else that of the text's stored form; without a task so far, the first one that has these data options.
 */
function taskMeant(
  catalog: Catalog,
  config: Plain,
  set: Plain,
  { dataset, datasetTask }: Pick<TrainFlags, 'dataset' | 'datasetTask'>,
): string | undefined {
  const hasText = dataset !== undefined
  const before = config['task']
  const has = (task: TaskInfo, key: string) => task.fields.some(({ path }) => path === `data.${key}`)
  const fits = catalog.tasks.filter((task) => !hasText || has(task, 'dataset'))
  const named = fits.find(({ id }) => id === set['task'])
  if (named || !hasText) {
    if (set['task'] !== undefined || before !== undefined) return undefined
    const keys = isPlain(set['data']) ? Object.keys(set['data']) : []
    return keys.length > 0 ? fits.find((task) => keys.every((key) => has(task, key)))?.id : undefined
  }
  const own = (isPlain(set['data']) ? Object.keys(set['data']) : []).map((key) =>
    fits.filter((task) => has(task, key)),
  )
  const only = own.find((found) => found.length === 1)?.[0]
  return (
    ([only?.id, before, datasetTask].find((id) => fits.some((task) => task.id === id)) as
      string | undefined) ?? fits[0]?.id
  )
}
