// What a field says of itself beside its type: title, help, menu texts, and when it applies.
import type { Trait } from './taskInfo.ts'

/** Another field has one of the values. */
export interface ValueCondition {
  path: string
  in: readonly string[]
}
/** One of these fields, which are numbers, is above 0. */
export interface AboveZero {
  positive: readonly string[]
}
export type Condition = ValueCondition | AboveZero | { trait: Trait }

/**
 * How a field is drawn: `scale` for sliders, `unit` behind the number, `values` = what each option of a menu means, `when` = the field
 * applies only while all of the conditions hold.
 */
export interface FieldMeta {
  title: string
  help: string
  values?: Readonly<Record<string, string>>
  /** How the options of a menu are spelled there, where it is not the value itself. */
  labels?: Readonly<Record<string, string>>
  scale?: 'log' | 'linear'
  unit?: string
  when?: Condition | readonly Condition[]
  /** What other programs call it, in words; for suggestions. */
  also?: string
}

/** The metadata of a zod schema that is a field of the form. */
export const meta = (title: string, help: string, more: Partial<FieldMeta> = {}) => ({
  title,
  description: help,
  help,
  ...more,
})

/** The field applies only in a task with that trait. */
export const needs = (trait: Trait) => ({ trait })
