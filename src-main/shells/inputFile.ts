// Reads a file that the user named. Only regular files: a pipe or a device could block or never end.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'
import { userPath } from './userPath.ts'

/** The bytes of `path`. E_PATH: cannot be opened. E_NOT_A_FILE: not regular. `tooLarge`: longer than `limit` bytes. */
export async function readInputFile(path: string, limit: number, tooLarge: ErrorCode): Promise<Buffer> {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  if (path.includes('\0')) throw new UnrollError('E_PATH', `${shown}: a path cannot hold a NUL character.`)
  const handle = await open(userPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      const { reason, advice } = systemError(error)
      throw new UnrollError('E_PATH', `${shown}: ${reason}. ${advice}`)
    },
  )
  try {
    const { size, ...stat } = await handle.stat().then((s) => ({ size: s.size, isFile: s.isFile() }))
    if (!stat.isFile) throw new UnrollError('E_NOT_A_FILE', `${shown}: not a regular file. Name a file.`)
    if (size > limit) throw new UnrollError(tooLarge, `${shown}: ${size} bytes; at most ${limit} are read.`)
    const bytes = await handle.readFile()
    if (bytes.length !== size)
      throw new UnrollError('E_DATA_CHANGED', `${shown}: changed while it was read. Try again.`)
    return bytes
  } finally {
    await handle.close()
  }
}
