// Reads a file that the user named. Only regular files: a pipe or a device could block for ever or never end.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'

const reasons: Record<string, string> = {
  EACCES: 'you may not read it',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'the path is too long',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a folder',
  ENXIO: 'it is not a regular file',
  EPERM: 'you may not read it',
}

/** The bytes of `path`. E_PATH: cannot be opened. E_NOT_A_FILE: not regular. `tooLarge`: longer than `limit` bytes. */
export async function readInputFile(path: string, limit: number, tooLarge: ErrorCode): Promise<Buffer> {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  if (path.includes('\0')) throw new UnrollError('E_PATH', `${shown}: a path cannot hold a NUL character.`)
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      throw new UnrollError(
        'E_PATH',
        `${shown}: ${reasons[error.code ?? ''] ?? error.code ?? 'it cannot be opened'}. Check the path.`,
      )
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
