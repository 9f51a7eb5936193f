// Converts the values of the form (dotted path -> value) to a nested configuration and back, by the fields of the catalog. Pure. Values
// are validated by the app; here only text in a number field is rejected, because it cannot be sent.
import type { CellInfo, Catalog } from '@contract/catalog.ts'
import { groupNames, type OptionGroup } from '@contract/config.ts'
import { allowedOf, applies, type Field, type FieldContext } from '@contract/fields.ts'
import { readNumber } from '@contract/readNumber.ts'
import type { TaskInfo } from '@contract/taskInfo.ts'

/** Value of a field; a string in a number field is typed text that is not a number. */
export type FormValue = number | boolean | string | null | undefined
export type FormValues = Readonly<Record<string, FormValue>>

/** The groups of options that a fork may change. */
export type TrainingGroup = Exclude<OptionGroup, 'model'>
export const trainingGroups = groupNames.filter((group) => group !== 'model')

/** Paths that are no fields of the form themselves: the options of the cell are fields of their own. */
const hiddenPaths = new Set(['model.options'])

export interface FieldGroups {
  task: TaskInfo | undefined
  data: Field[]
  model: Field[]
  cell: Field[]
  /** Options of training, group by group. */
  training: Record<TrainingGroup, Field[]>
}

const taskOf = (catalog: Catalog, values: FormValues) =>
  catalog.tasks.find(({ id }) => id === values['task']) ?? catalog.tasks[0]

/** The fields of the chosen task and cell. */
export function fieldGroups(catalog: Catalog, values: FormValues): FieldGroups {
  const cell = catalog.cells.find((one: CellInfo) => one.id === values['model.cell'])
  const task = taskOf(catalog, values)
  return {
    task,
    data: task?.fields ?? [],
    model: catalog.fields.model.filter((field) => !hiddenPaths.has(field.path)),
    cell: cell?.fields ?? [],
    training: catalog.fields,
  }
}

export const allFields = (groups: FieldGroups): Field[] => [
  ...groups.data,
  ...groups.model,
  ...groups.cell,
  ...trainingGroups.flatMap((group) => groups.training[group]),
]

const filledOf = (groups: FieldGroups, values: FormValues): FieldContext => ({
  value: (path) => values[path],
  fields: allFields(groups),
  task: groups.task,
})

/** The fields that apply at these values, with the choices that the task allows; without fields that have a single allowed value. */
export function shownFields(fields: readonly Field[], groups: FieldGroups, values: FormValues): Field[] {
  const filled = filledOf(groups, values)
  return fields.flatMap((field) => {
    const allowed = allowedOf(field.path, filled)?.values
    if (allowed?.length === 1 || !applies(field, filled)) return []
    return allowed && field.choices ? { ...field, choices: allowed as Field['choices'] & {} } : field
  })
}

const defaultsOf = (fields: readonly Field[]) =>
  Object.fromEntries(fields.map((field) => [field.path, field.default]))

/** The values, where a value that the task does not allow is replaced by its usual allowed one. */
export function fitted(catalog: Catalog, values: FormValues): FormValues {
  const groups = fieldGroups(catalog, values)
  const now: Record<string, FormValue> = { ...values }
  // In the order of the rows: conditions of later rows may read the mode of backpropagation, which comes first.
  for (const { path } of groups.task?.allowed ?? []) {
    const allowed = allowedOf(path, filledOf(groups, now))
    if (allowed && !allowed.values.includes(now[path] as never)) now[path] = allowed.values[0]
  }
  return now
}

/** The values for another task: default data options, a cell that the task takes, no preset. */
export function withTask(catalog: Catalog, values: FormValues, id: string): FormValues {
  const task = catalog.tasks.find((one) => one.id === id)
  const fits = catalog.cells.filter((one) => one.reads === task?.reads)
  const cell = fits.find((one) => one.id === values['model.cell']) ?? fits[0]
  return {
    ...values,
    ...defaultsOf(task?.fields ?? []),
    task: id,
    preset: '',
    ...(cell && { 'model.cell': cell.id }),
  }
}

/** Default values of all groups for a task (default: the first) and its first cell. */
export function defaultValues(catalog: Catalog, wanted?: string): FormValues {
  const task = catalog.tasks.find(({ id }) => id === wanted) ?? catalog.tasks[0]
  const values: FormValues = Object.assign(
    { name: '', seed: undefined, preset: '', task: task?.id },
    ...catalog.tasks.map(({ fields }) => defaultsOf(fields)),
    defaultsOf(task?.fields ?? []),
    ...catalog.cells.map((cell) => defaultsOf(cell.fields)),
    ...groupNames.map((group) => defaultsOf(catalog.fields[group])),
  )
  return values
}

function flatten(value: object, prefix: string, out: Record<string, FormValue>): void {
  for (const [key, member] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (member !== null && typeof member === 'object') flatten(member as object, path, out)
    else out[path] = member as FormValue
  }
}

/** Values of a configuration over the defaults. */
export function valuesOf(catalog: Catalog, config: object): FormValues {
  const said: Record<string, FormValue> = {}
  flatten(config, '', said)
  const options = catalog.cells.find(
    (cell) => cell.id === (said['model.cell'] ?? defaultValues(catalog)['model.cell']),
  )
  const cellDefaults = Object.fromEntries((options?.fields ?? []).map((field) => [field.path, field.default]))
  const { task } = said
  return { ...defaultValues(catalog, task === undefined ? task : String(task)), ...cellDefaults, ...said }
}

/** The configuration to send: the fields that apply; the app completes the others with defaults. */
export function configOf(catalog: Catalog, chosen: FormValues): Record<string, unknown> {
  const values = fitted(catalog, chosen)
  const out: Record<string, unknown> = { task: values['task'], data: {} }
  const groups = fieldGroups(catalog, values)
  for (const field of shownFields(allFields(groups), groups, values)) {
    const value = values[field.path]
    if (value === undefined || value === null || isUnread(field, value)) continue
    const keys = field.path.split('.')
    let level = out
    for (const key of keys.slice(0, -1)) level = (level[key] ??= {}) as Record<string, unknown>
    level[keys.at(-1)!] = value
  }
  if (values['name']) out['name'] = values['name']
  if (values['preset']) out['preset'] = values['preset']
  if (typeof values['seed'] === 'number') out['seed'] = values['seed']
  return out
}

/** Paths whose sent values differ from those of `base`, except name and seed. */
export function changedFrom(catalog: Catalog, values: FormValues, base: object): string[] {
  const flat = (config: object): Record<string, FormValue> => {
    const out: Record<string, FormValue> = {}
    flatten(config, '', out)
    return out
  }
  const [now, before] = [flat(configOf(catalog, values)), flat(configOf(catalog, valuesOf(catalog, base)))]
  const aside = new Set(['name', 'seed', 'preset'])
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
    (path) => !aside.has(path) && now[path] !== before[path],
  )
}

export interface Issue {
  path: string
  message: string
}

const isNumeric = ({ type }: Pick<Field, 'type'>) => type === 'number' || type === 'integer'
/** Whether a number field holds typed text that is not a number. */
const isUnread = (field: Pick<Field, 'type'>, value: FormValue) =>
  isNumeric(field) && typeof value !== 'number'

const seedField = { path: 'seed', type: 'integer' } as const

/** Errors found without the app: text in number fields. */
export function localIssues(catalog: Catalog, values: FormValues): Issue[] {
  const groups = fieldGroups(catalog, values)
  const shown = shownFields(allFields(groups), groups, values)
  return [seedField, ...shown].flatMap(({ path, type }) => {
    const value = values[path]
    if (value === undefined || !isUnread({ type }, value)) return []
    return [
      {
        path,
        message: readNumber(String(value ?? ''), { integer: type === 'integer' }).fault ?? 'is not a number',
      },
    ]
  })
}

export interface SliderSpan {
  min: number
  max: number
  scale: 'log' | 'linear'
  low: number | undefined
  step: number | undefined
}

/** Range of the slider of a field; undefined for a field without one. A wide range is cut to three powers of ten around the default. */
export function sliderOf(field: Field): SliderSpan | undefined {
  if (
    (field.type !== 'number' && field.type !== 'integer') ||
    field.min === undefined ||
    field.max === undefined
  )
    return undefined
  const start = typeof field.default === 'number' ? field.default : 0
  if (field.scale === 'log') {
    const low = start > 0 ? start / 1000 : undefined
    const min = field.aboveMin
      ? (low ?? field.max * 1e-6)
      : Math.max(field.min, Math.min(low ?? 0, field.min || 0))
    return {
      min,
      max: start > 0 ? Math.min(field.max, start * 1000) : field.max,
      scale: 'log',
      low: field.type === 'integer' ? Math.max(1, Math.round(low ?? 1)) : low,
      step: undefined,
    }
  }
  if (field.max - field.min > 64) return undefined
  return {
    min: field.min,
    max: field.max,
    scale: 'linear',
    low: undefined,
    step: field.type === 'integer' ? 1 : (field.max - field.min) / 100,
  }
}

/** The allowed range as text: "1 to 16,384", "above 0, to 100". */
export function rangeText(field: Field, format: (value: number) => string): string {
  if (field.min === undefined && field.max === undefined) return ''
  const low = field.min === undefined ? '' : field.aboveMin ? `above ${format(field.min)}` : format(field.min)
  if (field.max === undefined) return field.aboveMin ? low : `from ${low}`
  return low ? `${low} to ${format(field.max)}` : `up to ${format(field.max)}`
}
