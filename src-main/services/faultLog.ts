// Logs errors of work that is retried: each error once, not at every retry.
import { toErrorValue } from '../contract/errors.ts'

/** `report` logs an error unless it equals the last one; `clear`, to be called when the work succeeded, resets that. */
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
