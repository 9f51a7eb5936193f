// Metadata of a field besides its type: title, help, texts of menu entries, and the conditions under which it applies.
import type { Trait } from './taskInfo.ts'

/** Holds if another field has one of the values. */
export interface ValueCondition {
  path: string
  in: readonly string[]
}
/** Holds if one of these numeric fields is above 0. */
export interface AboveZero {
  positive: readonly string[]
}
export type Condition = ValueCondition | AboveZero | { trait: Trait }

/**
 * `scale`: of the slider. `unit`: shown after the number. `values`: the meaning of each menu entry. `when`: conditions, all of which must
 * hold for the field to apply.
 */
export interface FieldMeta {
  title: string
  help: string
  values?: Readonly<Record<string, string>>
  /** Labels of menu entries that differ from the value. */
  labels?: Readonly<Record<string, string>>
  scale?: 'log' | 'linear'
  unit?: string
  when?: Condition | readonly Condition[]
  /** Names of this option in other programs, separated by spaces; for suggestions and search. */
  also?: string
}

/** Metadata for a zod schema that is a field of the form. */
export const meta = (title: string, help: string, more: Partial<FieldMeta> = {}) => ({
  title,
  description: help,
  help,
  ...more,
})

/** The condition that the task has a trait. */
export const needs = (trait: Trait) => ({ trait })
