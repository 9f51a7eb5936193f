// Reads a file that the user named, once, without hanging on what is no file. It follows links, but reads only regular files whose
// size fits, and notices when they change meanwhile.
import { constants } from 'node:fs'
import { open, stat, statfs, type FileHandle } from 'node:fs/promises'
import { UnrollError } from '../contract/errors.ts'

const words: Record<string, string> = {
  ENOENT: 'there is no such file',
  ELOOP: 'the links go in a circle',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  ENAMETOOLONG: 'the path is too long',
  ENOTDIR: 'a part of the path is not a folder',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
}
/** /proc and /sys: their files say size 0 and give what they like. */
const kernelFileSystems = new Set([0x9fa0, 0x62656572])
/** V8's strings end at 2^29 - 24 characters. */
export const longestText = 2 ** 29 - 24
/** Bytes, UTF-16 text and symbols are in memory at the same time. */
const memoryPerByte = 8

const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`

function pathError(path: string, error: unknown): UnrollError {
  const { code = '', message } = error as NodeJS.ErrnoException
  const shown = path.length > 120 ? `${path.slice(0, 120)}...` : path
  return new UnrollError('E_PATH', `${JSON.stringify(shown)}: ${words[code] ?? message} (${code}).`, {
    path: 'path',
  })
}

/** Throws E_TOO_LARGE_FOR_MEMORY if a text of this size cannot be worked on. */
export function refuseTooLarge(name: string, size: number, available = process.availableMemory()): void {
  const most = Math.min(longestText, Math.floor(available / memoryPerByte))
  if (size > most) {
    throw new UnrollError(
      'E_TOO_LARGE_FOR_MEMORY',
      `${name} has ${mb(size)}; at most ${mb(most)} can be read here (${mb(available)} of memory are free). Take a part of it.`,
    )
  }
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  // One byte more than expected shows whether it has grown.
  const bytes = new Uint8Array(size + 1)
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 1 << 22))
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

export interface ReadOptions {
  available?: number
  /** Called between reading and the second look; for tests. */
  meanwhile?: () => void
}

/** Throws E_PATH, E_NOT_A_FILE, E_TOO_LARGE_FOR_MEMORY, E_DATA_CHANGED. */
export async function readUserFile(
  path: string,
  { available, meanwhile }: ReadOptions = {},
): Promise<Uint8Array> {
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
  const notFile = (what: string) =>
    new UnrollError('E_NOT_A_FILE', `${JSON.stringify(path)} is ${what}, not a file with text.`, {
      path: 'path',
    })
  if (kind) throw notFile(kind)
  const { type } = await statfs(path)
  if (kernelFileSystems.has(type)) throw notFile('a file of the kernel')
  refuseTooLarge(path, before.size, available)
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
  const file = await open(path, flags).catch((error: unknown) => Promise.reject(pathError(path, error)))
  try {
    const opened = await file.stat()
    if (!opened.isFile()) throw notFile('a device')
    const bytes = await readAll(file, opened.size)
    meanwhile?.()
    const after = await stat(path).catch(() => undefined)
    const same =
      after &&
      after.ino === before.ino &&
      after.size === opened.size &&
      after.mtimeMs === opened.mtimeMs &&
      bytes.length === opened.size
    if (!same || opened.ino !== before.ino) {
      throw new UnrollError(
        'E_DATA_CHANGED',
        `${JSON.stringify(path)} was changed while it was read. Import it again when its writer is done.`,
      )
    }
    return bytes
  } finally {
    await file.close()
  }
}
