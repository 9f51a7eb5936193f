// Schemas -> plain rows that describe one form field each. The launch form, `unroll train --help` and the docs table draw these.
import { z } from 'zod'
import type { FieldMeta } from './config.ts'

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
