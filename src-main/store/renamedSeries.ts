// The step of the schema that gives stored curves the names of today. A summary's checksum covers the name: that of a sound one is made
// anew, that of a damaged one stays wrong.
import { currentName } from '../contract/renamedMetrics.ts'
import { checksum, isSound } from './checksum.ts'
import type { Db } from './db.ts'

interface Series {
  id: number
  name: string
  summary: Uint8Array
  checksum: number | null
}

/** Where a run has a curve of today's name too, the former one stays as it is. */
export function renameSeries(db: Db): void {
  const names = db.prepare<[], string>('SELECT DISTINCT name FROM series').pluck().all()
  const named = db.prepare<[string], Series>('SELECT id, name, summary, checksum FROM series WHERE name = ?')
  const rename = db.prepare<[string, number | null, number]>(
    'UPDATE OR IGNORE series SET name = ?, checksum = ? WHERE id = ?',
  )
  for (const former of names) {
    const name = currentName(former)
    if (name === former) continue
    for (const { id, summary, checksum: sum } of named.all(former)) {
      const known = sum !== null && isSound(sum, former, summary)
      rename.run(name, known ? checksum(name, summary) : sum, id)
    }
  }
}
