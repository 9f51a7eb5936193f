// Writes a file that the user named; refuses to replace one unless told to.
import { existsSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { UnrollError } from '../../contract/errors.ts'
import { diskError, writeFileWhole } from '../../store/files.ts'

/** E_NOT_A_FILE for a folder, E_EXISTS if the file exists and `force` is false, E_PATH if its folder does not. */
export function checkNewFile(path: string, force: boolean): void {
  const there = statOf(path)
  if (there?.isDirectory()) throw diskError({ code: 'EISDIR' }, path)
  if (there && !force)
    throw new UnrollError('E_EXISTS', `${path}: exists already. Take another name or --force.`)
  if (!existsSync(dirname(path)))
    throw new UnrollError('E_PATH', `${dirname(path)}: there is no such folder. Make it first.`)
}

/** Writes a file that `checkNewFile` permits. */
export async function writeNewFile(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  checkNewFile(path, force)
  await writeFileWhole(path, bytes)
}

/** The file's stats; undefined if nothing exists at `path`. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw diskError(error, path)
  }
}
