// Commands that import data: a look at a file, files of the terminal and menus by path, files of a page in parts.
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Output, Parsed } from '../contract/api.ts'
import type { DatasetDetail } from '../contract/data.ts'
import { UnrollError } from '../contract/errors.ts'
import type { ImportTask } from '../jobs/imports/importJob.ts'
import type { Context } from './context.ts'
import { filesBelow, partsOfBytes, partsOfFile, partsOfFolder, uploads } from './incoming.ts'
import type { Incoming } from './importData.ts'
import { checkUserFile, readUserFile } from './readFile.ts'

/** Bytes of a file that a look reads. */
const lookedAt = 1 << 18
/** Milliseconds that an import waits for the next parts of a page. */
const idleMs = 60_000

const isFolder = async (path: string): Promise<boolean> =>
  !path.includes('\0') &&
  (await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  ))

/** `add` stores what arrives. */
export function imports({ planner }: Context, add: (incoming: Incoming) => Promise<DatasetDetail>) {
  const running = new Map<string, ReturnType<typeof uploads>>()
  const ask = (task: ImportTask, bytes: Uint8Array, whole: boolean) =>
    planner.request('lookAtImport', { task, bytes, whole })

  async function incomingPath({
    path,
    target,
    decode: mode,
    settings,
  }: Parsed<'data.importFile'>): Promise<Incoming> {
    const name = basename(path)
    if (await isFolder(path)) {
      const files = await filesBelow(path)
      return { name, files, mode, settings, parts: () => partsOfFolder(path, files) }
    }
    await checkUserFile(path)
    if (target === undefined) return { name, mode, settings, parts: () => partsOfFile(path) }
    await checkUserFile(target)
    const files = [name, basename(target)]
    return {
      name,
      files,
      mode,
      settings,
      paired: true,
      async *parts() {
        yield* partsOfFile(path)
        yield [{ file: files[0]!, bytes: new Uint8Array(0), last: true }]
        yield* partsOfFile(target)
        yield [{ file: files[1]!, bytes: new Uint8Array(0), last: true }]
      },
    }
  }

  return {
    import: ({ name, bytes, decode: mode, settings }: Parsed<'data.import'>) =>
      add({ name, mode, settings, parts: () => partsOfBytes(name, bytes) }),
    importFile: async (input: Parsed<'data.importFile'>) => add(await incomingPath(input)),

    async importParts({
      job,
      name,
      files,
      paired,
      decode: mode,
      settings,
    }: Parsed<'data.importParts'>): Promise<DatasetDetail> {
      if (running.has(job))
        throw new UnrollError('E_EXISTS', 'job: this import has begun already.', { path: 'job' })
      const queue = uploads(idleMs)
      running.set(job, queue)
      try {
        return await add({ name, files, paired, mode, settings, parts: () => queue.parts() })
      } finally {
        queue.close()
        running.delete(job)
      }
    },
    async upload({ job, parts, last, cancel }: Parsed<'data.upload'>): Promise<Output<'data.upload'>> {
      const queue = running.get(job)
      // An import that failed has ended before its last parts arrive.
      if (!queue) return { taken: 0 }
      if (cancel) queue.cancel()
      else await queue.take(parts, last)
      return { taken: parts.length }
    },

    look: ({ name, files, bytes, whole, decode: mode, settings }: Parsed<'data.look'>) =>
      ask({ name, files, mode, settings }, bytes, whole),
    async lookAtFile({
      path,
      decode: mode,
      settings,
    }: Parsed<'data.lookAtFile'>): Promise<Output<'data.lookAtFile'>> {
      const task = { name: basename(path), mode, settings }
      if (await isFolder(path)) {
        const files = await filesBelow(path)
        const [first] = await firstOf(partsOfFolder(path, files.slice(0, 1)))
        return (await ask({ ...task, files }, first!.bytes, true)).found!
      }
      const { size } = await checkUserFile(path)
      const beginning = await bytesOf(path, lookedAt)
      const { found } = await ask(task, beginning, size <= beginning.length)
      return found ?? (await ask(task, await bytesOf(path, Infinity), true)).found!
    },
    /** Ends the imports of pages. */
    close: () => running.forEach((queue) => queue.cancel()),
  }
}

async function firstOf<T>(parts: AsyncIterable<T>): Promise<T> {
  for await (const one of parts) return one
  throw new UnrollError('E_DATA_EMPTY', 'There is no file.')
}

/** The first bytes of a file, at least `most` of them if there are so many. */
async function bytesOf(path: string, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const bytes of readUserFile(path)) {
    parts.push(bytes)
    size += bytes.length
    if (size >= most) break
  }
  return Uint8Array.from(Buffer.concat(parts))
}
