// The only module that writes files. Writes are atomic: temp file in the same folder, write, fsync, rename, fsync of the folder. The temp
// file's name identifies the writing process, so that the clean-up of other processes leaves it alone. Every operation passes a fault point,
// so that tests can kill the process or fail at the n-th one. Nothing is edited in place. Functions that end in Sync block the thread.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm, unlink, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'
import { faultPoint } from './faults.ts'
import { isWriting, thisWriter } from './lease.ts'

/** Errors of the path. All others, of a full or broken disk, are E_DISK. */
const codes: Record<string, ErrorCode> = {
  EACCES: 'E_STORE_READONLY',
  EPERM: 'E_STORE_READONLY',
  EROFS: 'E_STORE_READONLY',
  EISDIR: 'E_NOT_A_FILE',
  ENAMETOOLONG: 'E_PATH',
  ENOTDIR: 'E_PATH',
}

/** A system error as an UnrollError; `what` says what was being written. */
export function diskError(error: unknown, what: string): UnrollError {
  if (error instanceof UnrollError) return error
  const { code, reason, advice } = systemError(error)
  return new UnrollError(codes[code] ?? 'E_DISK', `${what}: ${reason}. Nothing was replaced. ${advice}`)
}

/** fsync of a folder. Windows cannot open folders; there the rename itself is journalled. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  faultPoint('fsync')
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits, without blocking the thread, until the written bytes of a file are on the disk. */
export async function syncFile(path: string): Promise<void> {
  try {
    faultPoint('fsync')
    const handle = await open(path, 'r+')
    try {
      await handle.datasync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskError(error, `writing ${basename(path)}`)
  }
}

/** Makes one folder with mode 0700; one that exists already is no error. */
export function makeFolderSync(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Removes the permissions of other users on `path`. Ignores missing files and files of other owners. */
export function removeOthersPermissionsSync(path: string): void {
  try {
    const { mode } = statSync(path)
    if (mode & 0o077) chmodSync(path, mode & 0o700)
  } catch {
    // The file is not ours. That the folder cannot be written is reported elsewhere.
  }
}

/** Creates an empty file with mode 0600. */
export const makeFileSync = (path: string): void => closeSync(openSync(path, 'wx', 0o600))

/** Makes one level only: a write must not recreate a data folder that was removed. */
async function makeFolder(folder: string): Promise<void> {
  const existing = await lstat(folder).catch(() => undefined)
  if (existing) return
  faultPoint('mkdir')
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await syncFolder(dirname(folder))
}

/** Copies the files into a temporary folder, which is removed after `use`. */
export function withCopiesSync<T>(paths: readonly string[], use: (copies: string[]) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-'))
  try {
    const copies = paths.map((path) => join(folder, basename(path)))
    paths.forEach((path, i) => {
      copyFileSync(path, copies[i]!)
      chmodSync(copies[i]!, 0o600)
    })
    return use(copies)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Path of a temp file of this process in the folder of `path`. */
export const tempBeside = (path: string): string =>
  join(dirname(path), `${basename(path).slice(0, 60)}.${thisWriter}-${randomBytes(4).toString('hex')}.tmp`)

const temporary = /\.(\d+(?:-[0-9a-f]{8})?)-[0-9a-f]{8}\.tmp(-wal|-shm|-journal)?$/

/** `unfinished`: a temp file that is being written; `left`: one whose writer is gone. */
export function stateOf(name: string): 'whole' | 'unfinished' | 'left' {
  const writer = temporary.exec(name)?.[1]
  return writer === undefined ? 'whole' : isWriting(writer) ? 'unfinished' : 'left'
}

/** Links a closed, synced temp file to `path` unless that exists; removes the temp file and its -wal, -shm and -journal files. */
export function linkOrRenameSync(temp: string, path: string): void {
  try {
    faultPoint('rename')
    try {
      linkSync(temp, path)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOTSUP' || code === 'EPERM') renameSync(temp, path)
      else if (code !== 'EEXIST') throw error
    }
    if (process.platform === 'win32') return
    faultPoint('fsync')
    const fd = openSync(dirname(path), 'r')
    fsyncSync(fd)
    closeSync(fd)
  } finally {
    removeDatabaseSync(temp)
  }
}

/** Removes a temp database file with its -wal, -shm and -journal files. */
export function removeDatabaseSync(temp: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(temp + end, { force: true })
}

/** Writes a temp file with `fill`, then renames it to the path that `fill` returns; deletes it if that is undefined. */
async function writeWhole(
  folder: string,
  temp: string,
  fill: (handle: FileHandle) => Promise<string | undefined>,
): Promise<void> {
  await makeFolder(folder)
  try {
    faultPoint('write')
    const handle = await open(temp, 'wx', 0o600)
    let path: string | undefined
    try {
      path = await fill(handle)
      if (path !== undefined) {
        faultPoint('fsync')
        await handle.sync()
      }
    } finally {
      await handle.close()
    }
    if (path === undefined) return await unlink(temp)
    faultPoint('rename')
    await rename(temp, path)
  } catch (error) {
    await unlink(temp).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

/** Writes `bytes` to `path` atomically: after a crash the file is complete or unchanged. Throws E_DISK, E_STORE_READONLY. */
export async function writeFileWhole(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeWhole(dirname(path), tempBeside(path), async (handle) => {
      await handle.writeFile(bytes)
      return path
    })
  } catch (error) {
    throw diskError(error, `writing ${basename(path)}`)
  }
}

/** Bytes written between two calls of fsync, so that the last one is short. */
const syncEvery = 32 << 20

/**
 * Streams pieces into a file in `folder`, atomically. `nameAtEnd` gives the file's name after the last piece; undefined discards the file.
 * Throws E_DISK, E_STORE_READONLY, and what `pieces` throws; then no file is left.
 */
export async function writePieces(
  folder: string,
  pieces: AsyncIterable<Uint8Array>,
  nameAtEnd: () => string | undefined,
): Promise<void> {
  try {
    await writeWhole(folder, tempBeside(join(folder, 'new')), async (handle) => {
      let waiting = 0
      for await (const piece of pieces) {
        await handle.writeFile(piece)
        waiting += piece.length
        if (waiting < syncEvery) continue
        waiting = 0
        faultPoint('fsync')
        await handle.sync()
      }
      const name = nameAtEnd()
      return name === undefined ? undefined : join(folder, name)
    })
  } catch (error) {
    throw diskError(error, `writing into ${basename(folder)}`)
  }
}

/** Removes a file or folder; a missing one is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    faultPoint('remove')
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    throw diskError(error, `removing ${basename(path)}`)
  }
}

/** Removes a file synchronously, for use inside a transaction; a missing one is no error. */
export function removeFileSync(path: string): void {
  try {
    faultPoint('remove')
    rmSync(path, { force: true })
  } catch (error) {
    throw diskError(error, `removing ${basename(path)}`)
  }
}

/** Removes temp files below `folder` whose processes are gone; those that cannot be removed are left for the next start. */
export async function removeLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries)
    if (entry.isFile() && stateOf(entry.name) === 'left')
      await removeFile(join(entry.parentPath, entry.name)).catch(() => undefined)
}

const reserveBytes = 4 << 20
const reserveOf = (folder: string) => join(folder, 'reserve')

/** Creates the reserve: a file that is deleted when the disk is full, so that final states can still be stored. Throws E_DISK. */
export async function createReserve(folder: string): Promise<void> {
  const present = await lstat(reserveOf(folder)).catch(() => undefined)
  if (present?.size !== reserveBytes)
    await writeFileWhole(reserveOf(folder), new Uint8Array(reserveBytes).fill(1))
}

/** Deletes the reserve; never throws. */
export function deleteReserve(folder: string): void {
  try {
    rmSync(reserveOf(folder), { force: true })
  } catch {
    // The reserve holds no data.
  }
}
