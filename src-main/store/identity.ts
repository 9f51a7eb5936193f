// Whether the database is still the file that was opened: SQLite goes on in a file that was removed under it, and all that is stored is
// lost when it closes. Polled twice a second, so it allocates no more than one call of stat does.
import { statSync } from 'node:fs'
import { UnrollError } from '../contract/errors.ts'

/** Remembers the file at `path`; the returned function gives E_STORE_PLACE, always the same object, while it is removed or replaced. */
export function fileKeeper(folder: string, path: string): () => UnrollError | undefined {
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
