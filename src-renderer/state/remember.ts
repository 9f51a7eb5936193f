// Settings of the page in local storage (theme, columns, widths). If the storage is full or forbidden they are not kept.
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

/** A ref stored in local storage; a stored value that fails `isValid` is ignored. */
export function remembered<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): Ref<T> {
  const value = ref(recall(key, fallback, isValid)) as Ref<T>
  watch(
    value,
    (next) => {
      try {
        localStorage.setItem(`unroll.${key}`, JSON.stringify(next))
      } catch {
        // A private window may refuse storage; the value then lasts until the page is closed.
      }
    },
    { deep: true },
  )
  return value
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
/** A validator that accepts one of the given strings. */
export const isOneOf =
  <T extends string>(...words: readonly T[]) =>
  (value: unknown): value is T =>
    words.includes(value as T)
