// Schemas -> plain rows that describe one form field each. The launch form, `unroll train --help` and the docs table draw these.
import { z } from 'zod'
import type { Condition, FieldMeta, Limit } from './config.ts'

export interface Field extends FieldMeta {
  /** Dotted key in the configuration, for instance `train.lr`. */
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
  const choices = s.enum ?? s.anyOf?.map((option) => option.const!)
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
    default: s.default,
    ...(choices && { choices }),
    ...(s.scale && { scale: s.scale }),
    ...(s.unit && { unit: s.unit }),
    ...(s.when && { when: s.when }),
    ...(s.limits && { limits: s.limits }),
    ...(s.also && { also: s.also }),
    ...(s.minimum !== undefined && { min: s.minimum }),
    ...(s.exclusiveMinimum !== undefined && { min: s.exclusiveMinimum, aboveMin: true }),
    ...(s.maximum !== undefined && { max: s.maximum }),
  }
}

/** Every condition of a field, of which all must hold. */
export const conditionsOf = ({ when }: Pick<Field, 'when'>): readonly Condition[] =>
  when === undefined ? [] : 'path' in when || 'positive' in when ? [when] : when

/** "1", "full or online", "truncated, online or windows". */
export const anyOf = (values: Limit['only']): string =>
  [values.slice(0, -1).join(', '), String(values.at(-1))].filter(Boolean).join(' or ')

/** Where fewer values are accepted, in words. */
const limitText = ({ while: conditions, only }: Limit): string =>
  `Where ${conditions.map((other) => `${other.path} is ${anyOf(other.in) || 'empty'}`).join(' and ')}: ${anyOf(only)}.`

/**
 * The whole help of a field in one text: what it is, then each option and what it means, options that mean the same together, and where
 * fewer values are accepted.
 */
export function wholeHelp({
  help,
  values = {},
  limits = [],
}: Pick<Field, 'help' | 'values' | 'limits'>): string {
  const options = new Map<string, string[]>()
  for (const [value, meaning] of Object.entries(values))
    options.set(meaning, [...(options.get(meaning) ?? []), value])
  const meanings = [...options].map(([meaning, names]) => `${names.join(', ')}: ${meaning}.`)
  return [help, ...meanings, ...limits.map(limitText)].filter(Boolean).join(' ')
}

/** The help of a field while one of its options is chosen. */
export function helpOf(field: Pick<Field, 'help' | 'values'>, chosen: unknown): string {
  const meaning = field.values?.[String(chosen)]
  return meaning ? wholeHelp({ help: field.help, values: { [String(chosen)]: meaning } }) : field.help
}
