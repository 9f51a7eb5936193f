// The one module that writes files. A file appears whole or not at all: temp file beside it, write, fsync, rename, fsync of the
// folder. The temp file's name says which process writes it, so that nobody takes live work for a leftover. Every operation passes a
// fault point, so that tests can kill the process or fail at the n-th one. It never edits in place.
import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, constants, copyFileSync, fsyncSync, linkSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, statSync } from 'node:fs' // prettier-ignore
import { lstat, mkdir, open, readdir, rename, rm, unlink, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { UnrollError, type ErrorCode } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'
import { faultPoint } from './faults.ts'
import { isWriting, thisWriter } from './lease.ts'

/** Errors of a disk that is full or broken are E_DISK; these are of the place. */
const codes: Record<string, ErrorCode> = {
  EACCES: 'E_STORE_READONLY',
  EPERM: 'E_STORE_READONLY',
  EROFS: 'E_STORE_READONLY',
  EISDIR: 'E_NOT_A_FILE',
  ENAMETOOLONG: 'E_PATH',
  ENOTDIR: 'E_PATH',
}

/** A system error as the error that users see; `what` says what was being written. */
export function diskError(error: unknown, what: string): UnrollError {
  if (error instanceof UnrollError) return error
  const { code, reason, advice } = systemError(error)
  return new UnrollError(codes[code] ?? 'E_DISK', `${what}: ${reason}. Nothing was replaced. ${advice}`)
}

/** Windows cannot open folders; there the rename itself is journalled. */
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

/** Waits, without blocking the thread, until what was written to a file is on the disk. */
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

/** Makes one folder, for this user only; one that another process has just made is fine. */
export function makeFolderNow(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Takes what other users may do with `path` away; what is missing or belongs to somebody else stays as it is. */
export function keepPrivateNow(path: string): void {
  try {
    const { mode } = statSync(path)
    if (mode & 0o077) chmodSync(path, mode & 0o700)
  } catch {
    // Not ours to change: the store says elsewhere what it cannot write.
  }
}

/** An empty file that nobody else may read. */
export const makeFileNow = (path: string): void => closeSync(openSync(path, 'wx', 0o600))

/** One level: a data folder that was removed is not made again by what is written into it. */
async function makeFolder(folder: string): Promise<void> {
  const existing = await lstat(folder).catch(() => undefined)
  if (existing) return
  faultPoint('mkdir')
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await syncFolder(dirname(folder))
}

/** A copy of the files in a folder of its own, for as long as `use` runs. */
export function withCopiesNow<T>(paths: readonly string[], use: (copies: string[]) => T): T {
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

/** Path for a temp file of this process beside `path`. */
export const tempBeside = (path: string): string =>
  join(dirname(path), `${basename(path).slice(0, 60)}.${thisWriter}-${randomBytes(4).toString('hex')}.tmp`)

const temporary = /\.(\d+(?:-[0-9a-f]{8})?)-[0-9a-f]{8}\.tmp(-wal|-shm|-journal)?$/

/** `unfinished`: a temp file; `left`: one whose writer is gone. */
export function stateOf(name: string): 'whole' | 'unfinished' | 'left' {
  const writer = temporary.exec(name)?.[1]
  return writer === undefined ? 'whole' : isWriting(writer) ? 'unfinished' : 'left'
}

/** Puts a closed, synced temp file in place unless `path` exists; the temp file and SQLite's companions of it are gone after. */
export function placeNewNow(temp: string, path: string): void {
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
    discardNow(temp)
  }
}

/** Removes an unfinished database file with its companions. */
export function discardNow(temp: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(temp + end, { force: true })
}

/** `fill` writes the temp file; it then gets the path that is returned, or none and is gone. */
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

/** Writes `bytes` to `path` so that after a crash there is either nothing new or the whole file. Throws E_DISK, E_STORE_READONLY. */
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

/** Written but not yet on the disk: so much that the last wait for the disk is short. */
const syncEvery = 32 << 20

/**
 * Writes pieces as they come to a file in `folder` that appears whole or not at all, under the name that is known at the end; undefined
 * if it is not wanted. Throws E_DISK, E_STORE_READONLY, and what the pieces throw; then nothing is left.
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

/** Removes a file or folder; missing is fine. */
export async function removeFile(path: string): Promise<void> {
  try {
    faultPoint('remove')
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    throw diskError(error, `removing ${basename(path)}`)
  }
}

/** Removes a file at once, for use within a transaction; missing is fine. */
export function removeFileNow(path: string): void {
  try {
    faultPoint('remove')
    rmSync(path, { force: true })
  } catch (error) {
    throw diskError(error, `removing ${basename(path)}`)
  }
}

/** Removes temp files below `folder` whose processes are gone; what cannot be removed waits for the next start. */
export async function removeLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries)
    if (entry.isFile() && stateOf(entry.name) === 'left')
      await removeFile(join(entry.parentPath, entry.name)).catch(() => undefined)
}

const reserveBytes = 4 << 20
const reserveOf = (folder: string) => join(folder, 'reserve')

/** A file whose only use is to be deleted when the disk is full, so that the last words still fit. Throws E_DISK if it does not. */
export async function keepReserve(folder: string): Promise<void> {
  const present = await lstat(reserveOf(folder)).catch(() => undefined)
  if (present?.size !== reserveBytes)
    await writeFileWhole(reserveOf(folder), new Uint8Array(reserveBytes).fill(1))
}

/** Gives the reserve back to the disk; never throws. */
export function freeReserve(folder: string): void {
  try {
    rmSync(reserveOf(folder), { force: true })
  } catch {
    // Nothing is lost: it held nothing.
  }
}
