// A form's values (dotted path -> value) <-> a nested configuration, by the catalog's fields. Pure. It never judges values: the app
// does, and names each fault by path; here only what is not a number at all is caught, because it cannot be sent.
import type { CellInfo, Catalog } from '@contract/catalog.ts'
import { conditionsOf, type Field } from '@contract/fields.ts'
import { fitting, isFixed } from '@contract/limits.ts'
import { readNumber } from '@contract/readNumber.ts'

/** A text in a number field is what was typed there and is no number. */
export type FormValue = number | boolean | string | null | undefined
export type FormValues = Readonly<Record<string, FormValue>>

/** Drawn from lists of their own, not as plain text. */
const hiddenPaths = new Set(['model.options'])

export interface FieldGroups {
  data: Field[]
  model: Field[]
  cell: Field[]
  train: Field[]
}

/** The fields that this kind of data and this cell have. */
export function fieldGroups(catalog: Catalog, values: FormValues): FieldGroups {
  const cell = catalog.cells.find((one: CellInfo) => one.id === values['model.cell'])
  return {
    data: catalog.fields.data[String(values['data.kind'])] ?? [],
    model: catalog.fields.model.filter((field) => !hiddenPaths.has(field.path)),
    cell: cell?.fields ?? [],
    train: catalog.fields.train,
  }
}

export const allFields = (groups: FieldGroups): Field[] => [
  ...groups.data,
  ...groups.model,
  ...groups.cell,
  ...groups.train,
]

/**
 * A field applies only while each of its conditions holds: the other field applies itself and has one of the values, or one of some is
 * above 0. A condition on a field of another kind of data says nothing; `fields` are all of the form.
 */
function applies(field: Field, values: FormValues, fields: readonly Field[]): boolean {
  return conditionsOf(field).every((condition) => {
    if ('positive' in condition)
      return condition.positive.some((path) => {
        const other = fields.find((one) => one.path === path)
        return other && applies(other, values, fields) && values[path] !== 0
      })
    const { path, in: allowed } = condition
    const other = fields.find((one) => one.path === path)
    if (!other && path.startsWith('data.') && path !== 'data.kind') return true
    return allowed.includes(String(values[path])) && (!other || applies(other, values, fields))
  })
}

/** A field is in the form while it applies and leaves a choice. */
export const isShown = (field: Field, values: FormValues, fields: readonly Field[]): boolean =>
  applies(field, values, fields) && !isFixed(field, (path) => values[path])

/** The values with what the kind of data and the rule of learning leave in the place of those that cannot be chosen there. */
export function fitted(catalog: Catalog, values: FormValues): FormValues {
  const now: Record<string, FormValue> = { ...values }
  // The way of backpropagation first: other limits depend on it.
  for (const field of [...catalog.fields.train, ...catalog.fields.model])
    now[field.path] = fitting(field, now[field.path], (path) => now[path])
  return now
}

const defaultsOf = (fields: readonly Field[]) =>
  Object.fromEntries(fields.map((field) => [field.path, field.default]))

/**
 * The values with another kind of data: its fields take their defaults, the cell is one that reads it, and a preset is left behind.
 */
export function withKind(catalog: Catalog, values: FormValues, kind: string): FormValues {
  const reads = kind === 'image' ? 'images' : 'sequences'
  const fits = catalog.cells.filter((one) => one.reads === reads)
  const cell = fits.find((one) => one.id === values['model.cell']) ?? fits[0]
  return {
    ...values,
    ...defaultsOf(catalog.fields.data[kind] ?? []),
    'data.kind': kind,
    preset: '',
    ...(cell && { 'model.cell': cell.id }),
  }
}

/** Defaults of a kind of data (the first when missing), first cell, all groups. */
export function defaultValues(catalog: Catalog, wanted?: string): FormValues {
  const kind = wanted ?? Object.keys(catalog.fields.data)[0] ?? 'text'
  const data = Object.values(catalog.fields.data).map(defaultsOf)
  const cells = catalog.cells.map((cell) => defaultsOf(cell.fields))
  return Object.assign(
    { name: '', seed: undefined, preset: '', 'data.kind': kind },
    ...data,
    defaultsOf(catalog.fields.data[kind] ?? []),
    ...cells,
    defaultsOf(catalog.fields.model),
    defaultsOf(catalog.fields.train),
  ) as FormValues
}

function flatten(value: object, prefix: string, out: Record<string, FormValue>): void {
  for (const [key, member] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (member !== null && typeof member === 'object') flatten(member as object, path, out)
    else out[path] = member as FormValue
  }
}

/** Defaults overlaid by what `config` says. */
export function valuesOf(catalog: Catalog, config: object): FormValues {
  const said: Record<string, FormValue> = {}
  flatten(config, '', said)
  const options = catalog.cells.find(
    (cell) => cell.id === (said['model.cell'] ?? defaultValues(catalog)['model.cell']),
  )
  const cellDefaults = Object.fromEntries((options?.fields ?? []).map((field) => [field.path, field.default]))
  const kind = said['data.kind']
  return { ...defaultValues(catalog, kind === undefined ? kind : String(kind)), ...cellDefaults, ...said }
}

/** The configuration to send: every shown field of the present kind and cell; the rest takes there what is usual and fits. */
export function configOf(catalog: Catalog, chosen: FormValues): Record<string, unknown> {
  const values = fitted(catalog, chosen)
  const out: Record<string, unknown> = { data: { kind: values['data.kind'] } }
  const fields = allFields(fieldGroups(catalog, values))
  for (const field of fields) {
    const value = values[field.path]
    if (!isShown(field, values, fields) || value === undefined || value === null || isUnread(field, value))
      continue
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

/** Paths of what would be sent otherwise than by `base`; names and seeds aside. */
export function changedFrom(catalog: Catalog, values: FormValues, base: object): string[] {
  const flat = (config: object): Record<string, FormValue> => {
    const out: Record<string, FormValue> = {}
    flatten(config, '', out)
    return out
  }
  const [now, before] = [flat(configOf(catalog, values)), flat(configOf(catalog, valuesOf(catalog, base)))]
  const aside = new Set(['name', 'seed', 'preset'])
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((path) => !aside.has(path) && now[path] !== before[path]) // prettier-ignore
}

export interface Issue {
  path: string
  message: string
}

const isNumeric = ({ type }: Pick<Field, 'type'>) => type === 'number' || type === 'integer'
/** Whether a number field holds what was typed and could not be read as a number. */
const isUnread = (field: Pick<Field, 'type'>, value: FormValue) =>
  isNumeric(field) && typeof value !== 'number'

const seedField = { path: 'seed', type: 'integer' } as const

/** Faults that can be seen without asking: text where a number must be. */
export function localIssues(catalog: Catalog, values: FormValues): Issue[] {
  const fields = allFields(fieldGroups(catalog, values))
  const shown = fields.filter((field) => isShown(field, values, fields))
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

/** The span of a field's slider; undefined if it should have none. Wide ranges show three powers of ten around the default. */
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

/** "1 to 16,384", "above 0, to 100" - the allowed range in words. */
export function rangeText(field: Field, format: (value: number) => string): string {
  if (field.min === undefined && field.max === undefined) return ''
  const low = field.min === undefined ? '' : field.aboveMin ? `above ${format(field.min)}` : format(field.min)
  if (field.max === undefined) return field.aboveMin ? low : `from ${low}`
  return low ? `${low} to ${format(field.max)}` : `up to ${format(field.max)}`
}
