// Detects that the database file was removed or replaced. SQLite continues in the removed file, and everything stored since is lost when it
// closes. Polled twice a second, so a check makes one call of stat and no new error.
import { statSync } from 'node:fs'
import { UnrollError } from '../contract/errors.ts'

/** Remembers the file at `path`. The returned function gives E_STORE_PLACE, always the same object, while it is removed or replaced. */
export function databaseLossCheck(folder: string, path: string): () => UnrollError | undefined {
  const identity = () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && `${found.dev} ${found.ino}`
  }
  const opened = identity()
  let lost: UnrollError | undefined
  return () => {
    if (opened === undefined || identity() === opened) return undefined
    lost ??= new UnrollError(
      'E_STORE_PLACE',
      `The data folder ${folder} is gone: it was removed or replaced while Unroll was using it. What is shown is what was in it; nothing can be stored. Put it back, or close Unroll and start it again.`,
    )
    return lost
  }
}
