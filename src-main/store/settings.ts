// The user's settings: one row per key, values as JSON. Unknown or damaged rows count as unset.
import type { Db } from './db.ts'

export type SettingTable = ReturnType<typeof settingTable>

/** Statements over `settings`. Functions that write must be called inside a transaction. */
export function settingTable(db: Db) {
  const one = db.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck()
  const put = db.prepare<[string, string]>(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    get(key: string): unknown {
      const text = one.get(key)
      try {
        return text === undefined ? undefined : (JSON.parse(text) as unknown)
      } catch {
        return undefined
      }
    },
    set: (key: string, value: unknown) => void put.run(key, JSON.stringify(value)),
  }
}
