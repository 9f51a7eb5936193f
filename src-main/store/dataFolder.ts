// The data folder: created if missing, or refused with the reason; and whether it holds a database.
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { quotable, UnrollError } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'
import { diskError, makeFolderSync } from './files.ts'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error'

/** Why a folder cannot be written or read, with the system's error code. */
export const reasonOf = (error: unknown): string =>
  codeOf(error) === 'ENOENT' ? 'no folder can be made there (ENOENT)' : systemError(error).reason

export const placeError = (folder: string, why: string): UnrollError =>
  new UnrollError(
    'E_STORE_PLACE',
    `${folder.length > 200 ? quotable(folder) : folder} cannot be the data folder: ${why}. Choose another one with --data-dir or UNROLL_HOME.`,
  )

const kinds: [keyof Stats & `is${string}`, string][] = [
  ['isFile', 'a file'],
  ['isSocket', 'a socket'],
  ['isFIFO', 'a pipe'],
]

/** The kind of file at `path`, links followed: '' for a folder, undefined if nothing exists. Throws E_STORE_PLACE if that cannot be read. */
function kindOf(path: string, folder: string): string | undefined {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return ''
    return kinds.find(([is]) => (found[is] as () => boolean).call(found))?.[1] ?? 'a device'
  } catch (error) {
    // A path below a file does not exist; the file itself is found on the way up.
    if (codeOf(error) === 'ENOTDIR') return undefined
    if (codeOf(error) !== 'ENOENT') throw placeError(folder, reasonOf(error))
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? 'a link to nothing' : undefined
  }
}

/** Makes the folder if it is missing. Throws E_STORE_PLACE if it cannot be made, E_DISK if the disk is full. */
function makeFolders(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); ; at = dirname(at)) {
    const kind = kindOf(at, folder)
    if (kind === '') break
    if (kind) throw placeError(folder, `${at === resolve(folder) ? 'it' : at} is ${kind}, not a folder`)
    missing.push(at)
    if (dirname(at) === at) break
  }
  for (const at of missing.reverse()) {
    try {
      makeFolderSync(at)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOSPC' || code === 'EDQUOT') throw diskError(error, `making ${folder}`)
      throw placeError(folder, reasonOf(error))
    }
  }
}

/** Makes the folder if it is missing. Returns why it is not writable, undefined if it is. Throws E_STORE_PLACE, E_DISK. */
export function prepareFolder(folder: string): string | undefined {
  makeFolders(folder)
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
  } catch (error) {
    throw placeError(folder, `it cannot be looked into: ${reasonOf(error)}`)
  }
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

/** The first 100 bytes of the database file. Throws E_STORE_PLACE if it cannot be read. */
export function headerOf(path: string): Buffer {
  const header = Buffer.alloc(100)
  try {
    const fd = openSync(path, 'r')
    try {
      readSync(fd, header, 0, 100, 0)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw placeError(dirname(path), `${basename(path)} in it cannot be read: ${reasonOf(error)}`)
  }
  return header
}

/** True if there is a database file. Throws E_DB_NOT for a dangling link, E_STORE_PLACE if the folder cannot be read. */
export function hasDatabase(path: string): boolean {
  try {
    if (existsSync(path)) return true
    if (!lstatSync(path, { throwIfNoEntry: false })) return false
  } catch (error) {
    throw placeError(dirname(path), `${basename(path)} in it cannot be read: ${reasonOf(error)}`)
  }
  throw new UnrollError(
    'E_DB_NOT',
    `${path} is a link that leads nowhere. Remove it, or choose another data folder.`,
  )
}
