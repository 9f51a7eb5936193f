// Describes the operating system's error codes for files, and what to do about each; used wherever files are read or written.

interface Row {
  reason: string
  advice: string
}

const table: Record<string, Row> = {
  EACCES: { reason: 'that is not permitted', advice: 'Change the permissions, or choose another place.' },
  EPERM: { reason: 'that is not permitted', advice: 'Change the permissions, or choose another place.' },
  EROFS: { reason: 'the disk is mounted for reading only', advice: 'Choose a place on another disk.' },
  ENOSPC: { reason: 'the disk is full', advice: 'Free some space, then try again.' },
  EDQUOT: { reason: 'the disk quota is used up', advice: 'Free some space, or ask for a larger quota.' },
  EFBIG: { reason: 'the file is larger than this disk or process may have', advice: 'Choose a place on another disk.' },
  EISDIR: { reason: 'it is a folder', advice: 'Name a file.' },
  ENOTDIR: { reason: 'a part of the path is not a folder', advice: 'Check the path.' },
  ENOENT: { reason: 'there is no such file or folder', advice: 'Check the path.' },
  ELOOP: { reason: 'the links go in a circle', advice: 'Check the path.' },
  ENAMETOOLONG: { reason: 'the name is too long', advice: 'Take a shorter one.' },
  ENXIO: { reason: 'it is not a regular file', advice: 'Name a file.' },
  EXDEV: { reason: 'its folder is spread over two disks', advice: 'Choose another place.' },
  EBUSY: { reason: 'another program is using it', advice: 'Close that program, then try again.' },
  ETXTBSY: { reason: 'another program is using it', advice: 'Close that program, then try again.' },
  EMFILE: { reason: 'too many files are open', advice: 'Close some programs, or raise the limit of open files.' },
  ENFILE: { reason: 'too many files are open', advice: 'Close some programs, or raise the limit of open files.' },
  EIO: { reason: 'the disk reports an input/output error', advice: 'Check the disk.' },
} // prettier-ignore

/** The codes that have a message of their own. */
export const systemErrorCodes = Object.keys(table)

/** `reason`: as text with the system's code: the disk is full (ENOSPC). An unknown code keeps the system's message. */
export function systemError(error: unknown): Row & { code: string } {
  const { code = '', message = String(error) } = (error ?? {}) as { code?: string; message?: string }
  const row = Object.hasOwn(table, code) ? table[code] : undefined
  if (row) return { code, reason: `${row.reason} (${code})`, advice: row.advice }
  return { code, reason: message, advice: 'Check the path and the disk, then try again.' }
}
