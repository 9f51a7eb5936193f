// Lists of any length. A call has room for about 100,000 arguments, so no list is spread into one: `Math.max(...values)` and
// `list.push(...items)` end in "Maximum call stack size exceeded". The lint refuses both.

/** The smallest of `values`; `otherwise` if there is none. NaN if one is NaN, as Math.min. */
export function least(values: Iterable<number>, otherwise = Infinity): number {
  let found: number | undefined
  for (const value of values) found = found === undefined ? value : Math.min(found, value)
  return found ?? otherwise
}

/** The largest of `values`; `otherwise` if there is none. NaN if one is NaN, as Math.max. */
export function largest(values: Iterable<number>, otherwise = -Infinity): number {
  let found: number | undefined
  for (const value of values) found = found === undefined ? value : Math.max(found, value)
  return found ?? otherwise
}

/** Puts `items` behind those of `list`. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
