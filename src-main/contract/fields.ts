// Schemas -> plain rows that describe one form field each. The launch form, `unroll train --help` and the docs table draw these.
import { z } from 'zod'
import type { AboveZero, Condition, FieldMeta, ValueCondition } from './fieldMeta.ts'
import type { traits } from './taskInfo.ts'
import { type Allowed, type TaskInfo } from './taskInfo.ts'

export interface Field extends FieldMeta {
  /** Dotted key in the configuration, for instance `optimizer.lr`. */
  path: string
  type: 'number' | 'integer' | 'boolean' | 'choice' | 'text'
  default: number | boolean | string | undefined
  min?: number
  max?: number
  /** The lower bound itself is not allowed. */
  aboveMin?: boolean
  choices?: (string | number)[]
}

interface JsonSchema extends Partial<FieldMeta> {
  type?: string
  properties?: Record<string, JsonSchema>
  enum?: (string | number)[]
  anyOf?: JsonSchema[]
  const?: string | number
  default?: number | boolean | string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}

/** Fields of an object schema, in order, with `prefix` before each path. Keys without a title are not for forms and are left out, nested records too. */
export function fieldsOf(schema: z.ZodObject, prefix: string): Field[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return Object.entries(json.properties ?? {}).flatMap(([key, s]) =>
    s.title && s.type !== 'object' ? [toField(`${prefix}.${key}`, s)] : [],
  )
}

function toField(path: string, s: JsonSchema): Field {
  const consts = s.anyOf?.flatMap((option) => option.const ?? [])
  const choices = s.enum ?? (consts?.length ? consts : undefined)
  const type = choices
    ? 'choice'
    : s.type === 'integer'
      ? 'integer'
      : s.type === 'number'
        ? 'number'
        : s.type === 'boolean'
          ? 'boolean'
          : 'text'
  return {
    path,
    type,
    title: s.title!,
    help: s.help ?? '',
    ...(s.values && { values: s.values }),
    ...(s.labels && { labels: s.labels }),
    default: s.default,
    ...(choices && { choices }),
    ...(s.scale && { scale: s.scale }),
    ...(s.unit && { unit: s.unit }),
    ...(s.when && { when: s.when }),
    ...(s.also && { also: s.also }),
    ...(s.minimum !== undefined && { min: s.minimum }),
    ...(s.exclusiveMinimum !== undefined && { min: s.exclusiveMinimum, aboveMin: true }),
    ...(s.maximum !== undefined && { max: s.maximum }),
  }
}

const listOf = <C>(when: C | readonly C[] | undefined): readonly C[] =>
  when === undefined ? [] : Array.isArray(when) ? (when as readonly C[]) : [when as C]

/** Every condition of a field, of which all must hold. */
export const conditionsOf = ({ when }: Pick<Field, 'when'>): readonly Condition[] => listOf(when)

/** A form, or a configuration: its values by path, all fields that it has, and its task. */
export interface Filled {
  value(path: string): unknown
  fields: readonly Field[]
  task: Pick<TaskInfo, 'traits' | 'allowed'> | undefined
}

/** Whether the field with that path counts itself; so does one that is not in the form, such as the task. */
const counts = (path: string, filled: Filled): boolean => {
  const other = filled.fields.find((one) => one.path === path)
  return !other || applies(other, filled)
}

/** Whether the field counts and has one of the values, or one of several is above 0. */
function holds(condition: ValueCondition | AboveZero, filled: Filled): boolean {
  if ('positive' in condition)
    return condition.positive.some((path) => filled.value(path) !== 0 && counts(path, filled))
  return condition.in.includes(String(filled.value(condition.path))) && counts(condition.path, filled)
}

/** The trait that a field asks for and this task does not have. */
export function missingTrait(field: Pick<Field, 'when'>, filled: Filled): keyof typeof traits | undefined {
  for (const condition of conditionsOf(field)) {
    if (!('trait' in condition)) continue
    const where = filled.task?.traits[condition.trait]
    if (!where?.every((one) => holds(one, filled))) return condition.trait
  }
  return undefined
}

/** What of an option can be used here; undefined if every value can. */
export const allowedOf = (path: string, filled: Filled): Allowed | undefined =>
  filled.task?.allowed.find((one) => one.path === path && (!one.when || holds(one.when, filled)))

/** A field counts only while each of its conditions holds: the other field counts itself and has one of the values; the task has the trait. */
export const applies = (field: Pick<Field, 'when'>, filled: Filled): boolean =>
  missingTrait(field, filled) === undefined &&
  conditionsOf(field).every((condition) => 'trait' in condition || holds(condition, filled))

/** The whole help of a field in one text: what it is, then each option and what it means; options that mean the same stand together. */
export function wholeHelp({ help, values = {} }: Pick<Field, 'help' | 'values'>): string {
  const options = new Map<string, string[]>()
  for (const [value, meaning] of Object.entries(values))
    options.set(meaning, [...(options.get(meaning) ?? []), value])
  return [help, ...[...options].map(([meaning, names]) => `${names.join(', ')}: ${meaning}.`)]
    .filter(Boolean)
    .join(' ')
}

/** The help of a field while one of its options is chosen, which is called by its label. */
export function helpOf(field: Pick<Field, 'help' | 'values' | 'labels'>, chosen: unknown): string {
  const meaning = field.values?.[String(chosen)]
  const label = field.labels?.[String(chosen)] ?? String(chosen)
  return meaning ? wholeHelp({ help: field.help, values: { [label]: meaning } }) : field.help
}
