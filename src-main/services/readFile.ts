// Reads a file that the user named, in pieces. It follows links, but reads only regular files that fit into memory, so that no pipe or
// device blocks it, and detects changes while reading.
import { constants, createReadStream, type Stats } from 'node:fs'
import { createHash } from 'node:crypto'
import { open, stat, statfs, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '../contract/errors.ts'
import { systemError } from '../contract/systemErrors.ts'

/** Files in /proc and /sys report size 0 but have content. */
const kernelFileSystems = new Set([0x9fa0, 0x62656572])
const pieceBytes = 1 << 20
/** Memory that a run needs beside its symbols (one byte each): programs, pieces, the process itself. */
const besideSymbols = 300 * 2 ** 20

const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`

function pathError(path: string, error: unknown): UnrollError {
  const { reason, advice } = systemError(error)
  const shown = path.length > 120 ? `${path.slice(0, 120)}...` : path
  return new UnrollError('E_PATH', `${JSON.stringify(shown)}: ${reason}. ${advice}`, {
    path: 'path',
  })
}

const notFile = (path: string, what: string) =>
  new UnrollError('E_NOT_A_FILE', `${JSON.stringify(path)} is ${what}, not a file with text.`, {
    path: 'path',
  })

/** Throws E_TOO_LARGE_FOR_MEMORY if the symbols of a text of this size do not fit into memory. */
export function refuseTooLarge(name: string, size: number, available = process.availableMemory()): void {
  const most = Math.max(0, available - besideSymbols)
  if (size > most) {
    throw new UnrollError(
      'E_TOO_LARGE_FOR_MEMORY',
      `${name} has ${mb(size)}; at most ${mb(most)} can be trained on here (${mb(available)} of memory are free). Take a part of it.`,
    )
  }
}

/** The SHA-256 of bytes, computed in Node's thread pool: a large checkpoint would block this thread. */
export const hashBytes = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

/** The SHA-256 of a file, read in pieces. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function* piecesOf(
  path: string,
  file: FileHandle,
  size: number,
): AsyncGenerator<Uint8Array, number, void> {
  let at = 0
  // One byte more than expected, to detect that the file has grown.
  while (at <= size) {
    const bytes = new Uint8Array(Math.min(pieceBytes, size + 1 - at))
    const { bytesRead } = await file
      .read(bytes, 0, bytes.length)
      .catch((error: unknown) => Promise.reject(pathError(path, error)))
    if (bytesRead === 0) break
    at += bytesRead
    yield bytes.subarray(0, bytesRead)
  }
  return at
}

export interface ReadOptions {
  available?: number
  /** Called between reading and the second stat; for tests. */
  meanwhile?: () => void
}

/** Throws E_NOT_A_FILE for a path below /proc or /sys. */
export async function refuseKernel(path: string): Promise<void> {
  const { type } = await statfs(path)
  if (kernelFileSystems.has(type)) throw notFile(path, 'a file of the kernel')
}

/** Checks a file before reading. Throws E_PATH, E_NOT_A_FILE, E_TOO_LARGE_FOR_MEMORY. */
export async function checkUserFile(path: string, available?: number): Promise<Stats> {
  if (path.includes('\0'))
    throw new UnrollError('E_PATH', 'path: holds a NUL character. Check the name.', { path: 'path' })
  const before = await stat(path).catch((error: unknown) => Promise.reject(pathError(path, error)))
  const kind = before.isDirectory()
    ? 'a folder'
    : before.isFIFO()
      ? 'a pipe'
      : before.isSocket()
        ? 'a socket'
        : before.isFile()
          ? ''
          : 'a device'
  if (kind) throw notFile(path, kind)
  await refuseKernel(path)
  refuseTooLarge(path, before.size, available)
  return before
}

/** The file's bytes in pieces, each with a buffer of its own. Throws E_PATH, E_NOT_A_FILE, E_TOO_LARGE_FOR_MEMORY; at the end E_DATA_CHANGED. */
export async function* readUserFile(
  path: string,
  { available, meanwhile }: ReadOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const before = await checkUserFile(path, available)
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
  const file = await open(path, flags).catch((error: unknown) => Promise.reject(pathError(path, error)))
  try {
    const opened = await file.stat()
    if (!opened.isFile()) throw notFile(path, 'a device')
    const length = yield* piecesOf(path, file, opened.size)
    meanwhile?.()
    const after = await stat(path).catch(() => undefined)
    const same =
      after &&
      after.ino === before.ino &&
      after.size === opened.size &&
      after.mtimeMs === opened.mtimeMs &&
      length === opened.size
    if (!same || opened.ino !== before.ino) {
      throw new UnrollError(
        'E_DATA_CHANGED',
        `${JSON.stringify(path)} was changed while it was read. Import it again when its writer is done.`,
      )
    }
  } finally {
    await file.close()
  }
}
