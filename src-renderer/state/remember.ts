// Small choices kept in this browser (theme, columns, widths). Refuses nothing: a full or forbidden storage only forgets.
import { ref, watch, type Ref } from 'vue'

export function recall<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(`unroll.${key}`)
    if (text === null) return fallback
    const value: unknown = JSON.parse(text)
    return isValid(value) ? value : fallback
  } catch {
    return fallback
  }
}

/** A ref whose value outlives the page; a stored value that does not pass `isValid` is ignored. */
export function remembered<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): Ref<T> {
  const value = ref(recall(key, fallback, isValid)) as Ref<T>
  watch(
    value,
    (next) => {
      try {
        localStorage.setItem(`unroll.${key}`, JSON.stringify(next))
      } catch {
        // Private windows may refuse storage; the choice then lasts until the page closes.
      }
    },
    { deep: true },
  )
  return value
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
/** A check for "one of these words". */
export const isOneOf =
  <T extends string>(...words: readonly T[]) =>
  (value: unknown): value is T =>
    words.includes(value as T)
