// The parts of what is imported: bytes in memory, a file, the files of a folder, two files whose lines pair, or uploads of a page.
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnrollError } from '../contract/errors.ts'
import type { FilePart } from '../contract/importing.ts'
import { checkUserFile, readUserFile, refuseKernel } from './readFile.ts'

const pieceBytes = 1 << 20
/** Files of a folder that are read at the same time. */
const readers = 32
const mostFiles = 1_000_000

/** Copies bytes in memory into transferable parts. */
export async function* partsOfBytes(file: string, bytes: Uint8Array): AsyncGenerator<FilePart[], void, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield [
      {
        file,
        bytes: Uint8Array.from(bytes.subarray(at, at + pieceBytes)),
        last: at + pieceBytes >= bytes.length,
      },
    ]
}

export async function* partsOfFile(path: string): AsyncGenerator<FilePart[], void, void> {
  const file = basename(path)
  for await (const bytes of readUserFile(path)) yield [{ file, bytes, last: false }]
}

/** Paths of the regular files below a folder, relative to it and sorted; links and other file systems are left out. Throws E_DATA_EMPTY, E_NOT_A_FILE, E_TOO_LARGE. */
export async function filesBelow(folder: string): Promise<string[]> {
  const { dev } = await stat(folder)
  await refuseKernel(folder)
  const files: string[] = []
  const waiting = ['']
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name)
      if (entry.isFile()) files.push(path)
      else if (entry.isDirectory() && (await lstat(join(folder, path))).dev === dev) waiting.push(path)
    }
    if (files.length > mostFiles)
      throw new UnrollError(
        'E_TOO_LARGE',
        `${JSON.stringify(folder)} has more than ${mostFiles.toLocaleString('en')} files. Choose a folder inside it.`,
        { path: 'path' },
      )
  }
  if (files.length === 0)
    throw new UnrollError('E_DATA_EMPTY', `${JSON.stringify(folder)} has no files. Choose another folder.`, {
      path: 'path',
    })
  return files.sort((a, b) => (a < b ? -1 : 1))
}

/** The files of a folder, several at a time; a large one on its own. */
export async function* partsOfFolder(
  folder: string,
  files: readonly string[],
): AsyncGenerator<FilePart[], void, void> {
  let gathered: FilePart[] = []
  let size = 0
  for (let at = 0; at < files.length; at += readers) {
    const some = files.slice(at, at + readers)
    const read = await Promise.all(
      some.map(async (file): Promise<FilePart> => {
        const path = join(folder, file)
        if ((await lstat(path)).size > 64 * pieceBytes) await checkUserFile(path)
        return { file, bytes: Uint8Array.from(await readFile(path)), last: true }
      }),
    )
    for (const part of read) {
      gathered.push(part)
      size += part.bytes.length
    }
    if (size < pieceBytes) continue
    yield gathered
    gathered = []
    size = 0
  }
  if (gathered.length > 0) yield gathered
}

/** Parts that a page sends: `take` resolves once they are asked for, `parts` yields them in order. */
export function uploads(idleMs: number) {
  let waiting: { parts: FilePart[]; last: boolean; taken: () => void } | undefined
  let wake: (() => void) | undefined
  let isOver = false
  let fault: UnrollError | undefined
  const gone = () =>
    new UnrollError('E_CANCELLED', 'The import was given up: its file did not arrive. Import it again.')
  return {
    take(parts: FilePart[], last: boolean): Promise<void> {
      if (fault || isOver) return Promise.resolve()
      if (waiting)
        return Promise.reject(
          new UnrollError('E_ARG', 'job: the parts before are not taken yet.', { path: 'job' }),
        )
      return new Promise((taken) => {
        waiting = { parts, last, taken }
        wake?.()
      })
    },
    cancel(): void {
      fault = new UnrollError('E_CANCELLED', 'The import was cancelled.')
      wake?.()
    },
    /** No more parts are taken. */
    close(): void {
      isOver = true
      waiting?.taken()
      waiting = undefined
    },
    async *parts(): AsyncGenerator<FilePart[], void, void> {
      for (;;) {
        if (!waiting && !fault) {
          const idle = new Promise<void>((done) => {
            const timer = setTimeout(() => {
              fault ??= gone()
              done()
            }, idleMs)
            wake = () => {
              clearTimeout(timer)
              done()
            }
          })
          await idle
        }
        if (fault) throw fault
        const { parts, last, taken } = waiting!
        waiting = undefined
        taken()
        yield parts
        if (last) return
      }
    },
  }
}
