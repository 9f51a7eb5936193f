// Converts schemas to fields: plain rows that describe one option each, for the launch form, `unroll train --help` and the docs tables.
import { z } from 'zod'
import type { AboveZero, Condition, FieldMeta, ValueCondition } from './fieldMeta.ts'
import type { traits } from './taskInfo.ts'
import { type Allowed, type TaskInfo } from './taskInfo.ts'

/** An option as a field of a form. */
export interface Field extends FieldMeta {
  /** Dotted key in the configuration, for instance `optimizer.lr`. */
  path: string
  type: 'number' | 'integer' | 'boolean' | 'choice' | 'text'
  default: number | boolean | string | undefined
  min?: number
  max?: number
  /** Whether `min` is exclusive. */
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

/** Fields of an object schema, in order, with paths that begin with `prefix`. Keys without a title and nested records are left out. */
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

/** The conditions of a field, all of which must hold. */
export const conditionsOf = ({ when }: Pick<Field, 'when'>): readonly Condition[] => listOf(when)

/** The context in which conditions are evaluated: values by path, all fields and the task of a form or a configuration. */
export interface FieldContext {
  value(path: string): unknown
  fields: readonly Field[]
  task: Pick<TaskInfo, 'traits' | 'allowed'> | undefined
}

/** Whether the field with that path applies; a path without a field, such as the task, always does. */
const isActive = (path: string, filled: FieldContext): boolean => {
  const other = filled.fields.find((one) => one.path === path)
  return !other || applies(other, filled)
}

/** Whether a condition on the values of other fields holds; fields that do not apply do not satisfy it. */
function conditionHolds(condition: ValueCondition | AboveZero, filled: FieldContext): boolean {
  if ('positive' in condition)
    return condition.positive.some((path) => filled.value(path) !== 0 && isActive(path, filled))
  return condition.in.includes(String(filled.value(condition.path))) && isActive(condition.path, filled)
}

/** The trait that a field requires and the task lacks; undefined if there is none. */
export function missingTrait(
  field: Pick<Field, 'when'>,
  filled: FieldContext,
): keyof typeof traits | undefined {
  for (const condition of conditionsOf(field)) {
    if (!('trait' in condition)) continue
    const where = filled.task?.traits[condition.trait]
    if (!where?.every((one) => conditionHolds(one, filled))) return condition.trait
  }
  return undefined
}

/** The restriction of an option to some values in this context; undefined if all values are permitted. */
export const allowedOf = (path: string, filled: FieldContext): Allowed | undefined =>
  filled.task?.allowed.find((one) => one.path === path && (!one.when || conditionHolds(one.when, filled)))

/** Whether a field applies: all of its conditions on other fields hold, and the task has the traits that it requires. */
export const applies = (field: Pick<Field, 'when'>, filled: FieldContext): boolean =>
  missingTrait(field, filled) === undefined &&
  conditionsOf(field).every((condition) => 'trait' in condition || conditionHolds(condition, filled))

/** The full help of a field: its description, then its values with their meanings; values of equal meaning are combined. */
export function fullHelp({ help, values = {} }: Pick<Field, 'help' | 'values'>): string {
  const options = new Map<string, string[]>()
  for (const [value, meaning] of Object.entries(values))
    options.set(meaning, [...(options.get(meaning) ?? []), value])
  return [help, ...[...options].map(([meaning, names]) => `${names.join(', ')}: ${meaning}.`)]
    .filter(Boolean)
    .join(' ')
}

/** The help of a field with the meaning of the selected value only, which is named by its label. */
export function helpOf(field: Pick<Field, 'help' | 'values' | 'labels'>, chosen: unknown): string {
  const meaning = field.values?.[String(chosen)]
  const label = field.labels?.[String(chosen)] ?? String(chosen)
  return meaning ? fullHelp({ help: field.help, values: { [label]: meaning } }) : field.help
}
