// Operations on long lists. A call takes about 100,000 arguments, so no list is spread into one: `Math.max(...values)` and
// `list.push(...items)` end in "Maximum call stack size exceeded". The lint refuses both.

/** The smallest of `values`; `fallback` if empty. NaN if one is NaN, as Math.min. */
export function least(values: Iterable<number>, fallback = Infinity): number {
  let found: number | undefined
  for (const value of values) found = found === undefined ? value : Math.min(found, value)
  return found ?? fallback
}

/** The largest of `values`; `fallback` if empty. NaN if one is NaN, as Math.max. */
export function largest(values: Iterable<number>, fallback = -Infinity): number {
  let found: number | undefined
  for (const value of values) found = found === undefined ? value : Math.max(found, value)
  return found ?? fallback
}

/** Appends `items` to `list`. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
