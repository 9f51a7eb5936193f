// What is to be imported: a file, the files of a folder, or two files whose lines pair; read in slices, so that none is held whole.
import type { FilePart } from '@contract/importing.ts'

/** Bytes of a file that are looked at, and of a slice that is sent. */
const headBytes = 1 << 18
const sliceBytes = 1 << 22
/** Files that are sent together. */
const filesTogether = 500

export interface Source {
  name: string
  /** Paths of the files of a folder, sorted. */
  files?: string[]
  /** Two files whose lines pair. */
  paired?: true
  /** Bytes in all. */
  size: number
  /** The beginning of the file, or of the first file of a folder. */
  head(): Promise<Uint8Array>
  /** Whether `head` gives all of it. */
  headIsWhole: boolean
  whole(): Promise<Uint8Array>
  parts(): AsyncGenerator<FilePart[], void, void>
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer())

async function* slicesOf(file: File, name: string): AsyncGenerator<FilePart, void, void> {
  for (let at = 0; at === 0 || at < file.size; at += sliceBytes)
    yield {
      file: name,
      bytes: await bytesOf(file.slice(at, at + sliceBytes)),
      last: at + sliceBytes >= file.size,
    }
}

export const fileSource = (file: File): Source => ({
  name: file.name,
  size: file.size,
  head: () => bytesOf(file.slice(0, headBytes)),
  headIsWhole: file.size <= headBytes,
  whole: () => bytesOf(file),
  async *parts() {
    for await (const part of slicesOf(file, file.name)) yield [part]
  },
})

/** A folder with its files by path, or two files. */
export function folderSource(
  name: string,
  given: readonly { path: string; file: File }[],
  paired = false,
): Source {
  const entries = paired ? [...given] : [...given].sort((a, b) => (a.path < b.path ? -1 : 1))
  const first = entries[0]!.file
  return {
    name,
    files: entries.map(({ path }) => path),
    ...(paired && { paired }),
    size: entries.reduce((sum, { file }) => sum + file.size, 0),
    head: () => bytesOf(first.slice(0, sliceBytes)),
    headIsWhole: true,
    whole: () => bytesOf(first),
    async *parts() {
      let parts: FilePart[] = []
      let size = 0
      for (const { path, file } of entries)
        for await (const part of slicesOf(file, path)) {
          parts.push(part)
          size += part.bytes.length
          if (size < sliceBytes && parts.length < filesTogether) continue
          yield parts
          parts = []
          size = 0
        }
      if (parts.length > 0) yield parts
    },
  }
}

/** The sources of files that were chosen together: those of one chosen folder are one source. */
export function sourcesOf(files: readonly File[]): Source[] {
  const folder = files[0]?.webkitRelativePath.split('/')[0]
  if (!folder) return files.map(fileSource)
  return [
    folderSource(
      folder,
      files.map((file) => ({ path: file.webkitRelativePath, file })),
    ),
  ]
}

/** The sources of what was dropped; a folder is one source. */
export async function droppedSources(transfer: DataTransfer): Promise<Source[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) return [...transfer.files].map(fileSource)
  const sources = await Promise.all(
    entries.map(async (entry): Promise<Source | undefined> => {
      const found = await filesBelow(entry)
      if (!entry.isDirectory) return found[0] && fileSource(found[0].file)
      return found.length > 0 ? folderSource(entry.name, found) : undefined
    }),
  )
  return sources.filter((source) => source !== undefined)
}

async function filesBelow(entry: FileSystemEntry): Promise<{ path: string; file: File }[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed))
    return [{ path: entry.fullPath.slice(1), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: { path: string; file: File }[] = []
  // A reader gives about a hundred entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed))
    if (some.length === 0) return found
    for (const one of some) for (const file of await filesBelow(one)) found.push(file)
  }
}
