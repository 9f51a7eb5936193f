// The data folder itself: made one level at a time, or refused with the reason; and whether a database is in it.
import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readSync, statSync, type Stats } from 'node:fs' // prettier-ignore
import { basename, dirname, resolve } from 'node:path'
import { quotable, UnrollError } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'
import { diskError, makeFolderNow } from './files.ts'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error'

/** Why a place cannot be written or read, in words, with the system's name for it. */
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

/** What is at `path`, links followed: '' for a folder, undefined for nothing. Throws E_STORE_PLACE if that cannot be seen. */
function kindOf(path: string, folder: string): string | undefined {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return ''
    return kinds.find(([is]) => (found[is] as () => boolean).call(found))?.[1] ?? 'a device'
  } catch (error) {
    // Below a file there is nothing either; the file is found on the way up.
    if (codeOf(error) === 'ENOTDIR') return undefined
    if (codeOf(error) !== 'ENOENT') throw placeError(folder, reasonOf(error))
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? 'a link to nothing' : undefined
  }
}

/** Makes the folder if it is missing. Throws E_STORE_PLACE where there can be none, E_DISK where there is no room. */
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
      makeFolderNow(at)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOSPC' || code === 'EDQUOT') throw diskError(error, `making ${folder}`)
      throw placeError(folder, reasonOf(error))
    }
  }
}

/** Makes the folder if needed. Returns why nothing can be written in it; undefined if something can. Throws E_STORE_PLACE, E_DISK. */
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

/** True if there is a database file. Throws E_DB_NOT for a link that leads nowhere, E_STORE_PLACE if that cannot be seen. */
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
