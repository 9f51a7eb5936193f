// Values as JSON that any program can read: typed arrays become arrays, and NaN and the infinities become their names as strings.

/** `"NaN"`, `"Infinity"` and `"-Infinity"` stand for what JSON has no number for; undefined members are left out. */
export function toPlainJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === null || typeof value !== 'object') return value
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, toPlainJson)
  if (Array.isArray(value)) return value.map(toPlainJson)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toPlainJson(member)]))
}
