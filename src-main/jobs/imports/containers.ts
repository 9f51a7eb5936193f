// Opens compressed files and archives in memory: gzip piece by piece, ZIP as a whole. Nothing is extracted to the disk.
import { Gunzip, unzipSync } from 'fflate'
import { UnrollError } from '../../contract/errors.ts'

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b
const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)

/** The container that these first bytes begin. */
export const containerOf = (head: Uint8Array): 'gzip' | 'zip' | undefined =>
  isGzip(head) ? 'gzip' : isZip(head) ? 'zip' : undefined

/** Bytes that a container may unpack to, at least; beyond them at most `ratio` times its own. */
const limits = { bytes: 2 ** 30, ratio: 200, files: 1_000_000 }

const damaged = (name: string, what: string) =>
  new UnrollError('E_DATA_FORMAT', `${name}: the ${what} is damaged or cut. Copy it again.`)

const bomb = (name: string) =>
  new UnrollError(
    'E_TOO_LARGE',
    `${name} unpacks to more than ${limits.ratio} times its size and more than a gigabyte. Unpack it yourself to import it.`,
  )

/** A function that unpacks gzip piece by piece. Throws E_DATA_FORMAT, and E_TOO_LARGE for an archive made to fill the disk. */
export function gunzip(name: string): (bytes: Uint8Array, last: boolean) => Uint8Array[] {
  let out: Uint8Array[] = []
  let [read, written] = [0, 0]
  const stream = new Gunzip((chunk) => {
    out.push(chunk)
    written += chunk.length
  })
  return (bytes, last) => {
    out = []
    read += bytes.length
    try {
      stream.push(bytes, last)
    } catch {
      throw damaged(name, 'gzip file')
    }
    if (written > limits.bytes && written > limits.ratio * read) throw bomb(name)
    return out
  }
}

/** Files that are unpacked at a time. */
const batch = 1000

/** The paths of the files of a ZIP archive, in order, and their contents one after another. */
export function unzip(
  name: string,
  archive: Uint8Array,
): { paths: string[]; read(): Generator<[path: string, bytes: Uint8Array]> } {
  const paths: string[] = []
  let size = 0
  const open = (filter: (path: string, size: number) => boolean) => {
    try {
      return unzipSync(archive, {
        filter: (file) => !file.name.endsWith('/') && filter(file.name, file.originalSize),
      })
    } catch {
      throw damaged(name, 'ZIP archive')
    }
  }
  open((path, bytes) => {
    paths.push(path)
    size += bytes
    return false
  })
  if (paths.length === 0)
    throw new UnrollError('E_DATA_EMPTY', `${name}: the archive has no files. Choose another one.`)
  if (paths.length > limits.files || (size > limits.bytes && size > limits.ratio * archive.length))
    throw bomb(name)
  paths.sort((a, b) => (a < b ? -1 : 1))
  return {
    paths,
    *read() {
      for (let at = 0; at < paths.length; at += batch) {
        const wanted = new Set(paths.slice(at, at + batch))
        const files = open((path) => wanted.has(path))
        for (const path of wanted) yield [path, files[path]!]
      }
    },
  }
}
