// Claims of the workbench: one row each, the claim as JSON. A damaged row is left out.
import { claimSchema, type StoredClaim } from '../contract/claim.ts'
import { checksum, isSound } from './checksum.ts'
import type { Db } from './db.ts'
import { parseJson } from './runRow.ts'

interface Row {
  key: string
  created_at: number
  claim: string
  checksum: number
}

export type ClaimTable = ReturnType<typeof claimTable>

/** The claim of a row; undefined if the row is damaged. */
function decode(row: Row): StoredClaim | undefined {
  const { key, created_at: createdAt, claim: text } = row
  if (!isSound(row.checksum, key, createdAt, text)) return undefined
  const { success, data } = claimSchema.safeParse(parseJson<unknown>(text, null))
  return success && data.key === key ? { ...data, createdAt } : undefined
}

/** Statements over `claims`. Functions that write must be called inside a transaction. */
export function claimTable(db: Db) {
  const all = db.prepare<[], Row>('SELECT * FROM claims ORDER BY created_at, key')
  const one = db.prepare<[string], Row>('SELECT * FROM claims WHERE key = ?')
  const insert = db.prepare<[string, number, string, number]>(
    'INSERT OR REPLACE INTO claims (key, created_at, claim, checksum) VALUES (?, ?, ?, ?)',
  )
  const remove = db.prepare<[string]>('DELETE FROM claims WHERE key = ?')
  return {
    /** All claims, the oldest first. */
    list: (): StoredClaim[] => all.all().flatMap((row) => decode(row) ?? []),
    get(key: string): StoredClaim | undefined {
      const row = one.get(key)
      return row && decode(row)
    },
    /** Adds a claim, or replaces that of its key. */
    put({ createdAt, ...claim }: StoredClaim): void {
      const text = JSON.stringify(claim)
      insert.run(claim.key, createdAt, text, checksum(claim.key, createdAt, text))
    },
    remove: (key: string): boolean => remove.run(key).changes > 0,
    /** Damaged claims, for the doctor. */
    faults: (): string[] =>
      all
        .all()
        .filter((row) => !decode(row))
        .map(({ key }) => `claim ${key}: its record is damaged; remove it and add it again`),
  }
}
