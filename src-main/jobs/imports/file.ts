// Reads a single file: its container is opened, its kind recognised from its beginning, and its text or bytes converted.
import type { FilePart } from '../../contract/importing.ts'
import { bytesKind, textKind } from '../../engine/imports/index.ts'
import type { Converter } from '../../engine/imports/foreign.ts'
import { fileDecoder, type FileDecoder } from '../decode.ts'
import { concatBytes } from '../pieces.ts'
import { containerOf, gunzip, unzip } from './containers.ts'
import { imageFilesOf } from '../../engine/imports/images/folder.ts'
import { folderReader } from './folder.ts'
import { imageReader } from './images.ts'
import type { ImportResult, ImportTask, Piece, Reader } from './importJob.ts'

/** Bytes of the beginning of a file that are looked at. */
export const headLength = 1 << 18

const nothing: Piece = { text: '' }

/** The reader of a file, chosen once its beginning is there. */
export function fileReader(task: ImportTask): Reader {
  let head: Uint8Array[] | undefined = []
  let size = 0
  let reader: Reader | undefined
  const begin = async (whole: boolean): Promise<Piece> => {
    const bytes = concatBytes(head!)
    head = undefined
    reader = readerOf(task, bytes, whole)
    return reader.read({ file: task.name, bytes, last: false })
  }
  return {
    async read(part) {
      if (!head) return reader!.read(part)
      head.push(part.bytes)
      size += part.bytes.length
      return size >= headLength ? begin(false) : nothing
    },
    async end() {
      const first = head ? await begin(true) : nothing
      const ended = await reader!.end()
      return first.text === '' ? ended : { ...ended, ...bothOf(first, ended) }
    },
  }
}

function bothOf(a: Piece, b: Piece): Piece {
  if (b.text === '') return a
  const text = a.text + b.text
  return a.utf8 && b.utf8
    ? { text, utf8: concatBytes([a.utf8, b.utf8]) }
    : { text, utf8: new TextEncoder().encode(text) }
}

function readerOf(task: ImportTask, head: Uint8Array, whole: boolean): Reader {
  const container = task.settings.format === 'text' ? undefined : containerOf(head)
  if (container === 'gzip') return gzipReader(task)
  if (container === 'zip') return collected((bytes) => zipResult(task, bytes))
  const kind = bytesKind({ name: task.name, content: head, whole })
  if (!kind) return textReader(task, whole)
  return collected(async (content) => {
    const sight = await kind.look({ name: task.name, content, whole: true }, task.settings)
    const { notes, ...ended } = await kind.convert(content, { ...sight, name: task.name })
    return { ...ended, encoding: 'utf-8', warnings: notes, form: sight.settings.as ?? 'text' }
  })
}

/** Collects a file that is read as a whole. */
function collected(finish: (bytes: Uint8Array) => Promise<ImportResult>): Reader {
  const parts: Uint8Array[] = []
  return {
    read(part) {
      parts.push(part.bytes)
      return nothing
    },
    end: () => finish(concatBytes(parts)),
  }
}

function gzipReader(task: ImportTask): Reader {
  const name = task.name.replace(/\.gz$/i, '')
  const inner = fileReader({ ...task, name })
  const open = gunzip(task.name)
  const pass = async (chunks: readonly Uint8Array[]): Promise<Piece> => {
    let out = nothing
    for (const bytes of chunks) out = bothOf(out, await inner.read({ file: name, bytes, last: false }))
    return out
  }
  return {
    read: ({ bytes }) => pass(open(bytes, false)),
    async end() {
      const rest = await pass(open(new Uint8Array(0), true))
      const ended = await inner.end()
      return { ...ended, ...bothOf(rest, ended) }
    },
  }
}

/** The files of an archive as a folder; an archive of one file as that file. */
async function zipResult(task: ImportTask, archive: Uint8Array): Promise<ImportResult> {
  const { paths, read } = unzip(task.name, archive)
  const reader =
    paths.length === 1
      ? fileReader({ ...task, name: paths[0]! })
      : (imageFilesOf(paths) ? imageReader : folderReader)({ ...task, files: paths })
  const out: string[] = []
  for (const [file, bytes] of read()) out.push((await reader.read({ file, bytes, last: true })).text)
  const { utf8: _, ...ended } = await reader.end()
  return { ...ended, text: out.join('') + ended.text }
}

/** A text: decoded, then converted as its beginning says. */
function textReader({ name, mode, settings }: ImportTask, whole: boolean): Reader {
  const decoder: FileDecoder = fileDecoder(name, mode)
  let converter: Converter | undefined
  let form: ImportResult['form'] = 'text'
  let isStored = false
  let isBlank = true

  function convert({ text, utf8 }: Required<Piece>): Piece {
    if (isBlank) isBlank = text.trim() === ''
    if (!converter) {
      if (text === '') return nothing
      const head = { name, content: text, whole }
      const kind = textKind(head, settings)
      const sight = kind.look(head, settings)
      form = sight.settings.as ?? 'text'
      isStored = kind.columns === undefined
      converter = kind.convert(head, sight)
    }
    return isStored ? { text, utf8 } : { text: converter.write(text) }
  }

  return {
    read: ({ bytes }: FilePart) => convert(decoder.read(bytes, false)),
    end() {
      const first = convert(decoder.read(new Uint8Array(0), true))
      if (isBlank) decoder.refuseBlank()
      const { notes, text, ...ended } = converter!.end()
      const rest = text === '' ? first : { text: first.text + text }
      return {
        ...rest,
        ...ended,
        encoding: decoder.encoding(),
        warnings: [...decoder.warnings(), ...notes],
        form,
      }
    },
  }
}
