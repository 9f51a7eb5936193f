// Errors of work that is repeated, on the console: each is logged once, however often the work is tried again.
import { toErrorValue } from '../contract/errors.ts'

/** `report` logs an error unless it is the last one again; `clear`, called when the work succeeded, forgets the last one. */
export function faultLog(label: string) {
  let last: string | undefined
  return {
    report(error: unknown): void {
      const { message } = toErrorValue(error)
      if (message !== last) console.error(`${label}:`, error)
      last = message
    },
    clear(): void {
      last = undefined
    },
  }
}
