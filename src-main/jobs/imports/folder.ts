// Reads the files of a folder or an archive, each decoded by itself.
import type { DecodeMode } from '../../contract/data.ts'
import { append } from '../../contract/longLists.ts'
import { UnrollError, type Warning } from '../../contract/errors.ts'
import {
  folderConverter,
  folderSettings,
  planFolder,
  type FolderConverter,
} from '../../engine/imports/folders.ts'
import { isMidiFile, midiFolder } from '../../engine/imports/music.ts'
import { pairedLines } from '../../engine/imports/pairedFiles.ts'
import { fileDecoder } from '../decode.ts'
import { concatBytes } from '../pieces.ts'
import type { ImportTask, Reader } from './importJob.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of a file, '' if it is empty; `warn` gets what its decoding warns of. */
export function decodeFile(
  name: string,
  mode: DecodeMode,
  bytes: Uint8Array,
  warn: (warnings: Warning[]) => void,
): string {
  if (bytes.length === 0) return ''
  if (bytes.indexOf(0) < 0)
    try {
      return utf8.decode(bytes)
    } catch {
      // Not UTF-8: decoded as chosen, or refused with the place.
    }
  const decoder = fileDecoder(name, mode)
  const { text } = decoder.read(bytes, true)
  warn(decoder.warnings())
  return text
}

/** Throws E_DATA_EMPTY for a folder without texts, and the errors of decoding with the path. */
export function folderReader({ files, mode, settings }: ImportTask & { files: readonly string[] }): Reader {
  const plan = planFolder(files)
  const wanted = new Set(plan.examples.size > 0 && settings.as !== 'text' ? plan.examples.keys() : plan.texts)
  let parts: Uint8Array[] = []
  let converter: FolderConverter | undefined
  let chosen = settings
  let decoded = 0
  let warning: Warning | undefined
  return {
    read({ file, bytes, last }) {
      if (!wanted.has(file)) return { text: '' }
      parts.push(bytes)
      if (!last) return { text: '' }
      const text = decodeFile(file, mode, parts.length === 1 ? parts[0]! : concatBytes(parts), ([first]) => {
        decoded++
        warning ??= first
      })
      parts = []
      if (!converter) {
        chosen = folderSettings(plan, text, settings)
        converter = folderConverter(plan, chosen)
      }
      return { text: converter.add(file, text) }
    },
    end() {
      const { text, notes, ...ended } = (
        converter ?? folderConverter(plan, folderSettings(plan, '', settings))
      ).end()
      const warnings = warning
        ? [
            {
              ...warning,
              message: `${decoded} of ${wanted.size} files were not plain UTF-8. The first: ${warning.message}`,
            },
          ]
        : []
      return {
        text,
        ...ended,
        encoding: 'utf-8',
        warnings: [...warnings, ...notes],
        form: chosen.as ?? 'text',
      }
    },
  }
}

/** Reads the MIDI files of a folder; others are left out. */
export function musicReader(): Reader {
  const folder = midiFolder()
  let parts: Uint8Array[] = []
  return {
    read({ file, bytes, last }) {
      if (!isMidiFile(file)) return { text: '' }
      parts.push(bytes)
      if (!last) return { text: '' }
      const whole = parts.length === 1 ? parts[0]! : concatBytes(parts)
      parts = []
      return { text: folder.add(file, whole) }
    },
    end() {
      const { text, notes } = folder.end()
      return { text, encoding: 'utf-8', warnings: notes, form: 'music' }
    },
  }
}

/** Reads two files whose lines pair. Throws E_ARG unless there are two. */
export function pairReader({ files, mode }: ImportTask & { files: readonly string[] }): Reader {
  if (files.length !== 2 || files[0] === files[1])
    throw new UnrollError('E_ARG', 'files: two files with different names make pairs.', { path: 'files' })
  const parts = new Map<string, Uint8Array[]>(files.map((file) => [file, []]))
  return {
    read({ file, bytes }) {
      parts.get(file)?.push(bytes)
      return { text: '' }
    },
    end() {
      const warnings: Warning[] = []
      const [sources, targets] = files.map((file) =>
        decodeFile(file, mode, concatBytes(parts.get(file)!), (more) => append(warnings, more)),
      )
      const { text, notes } = pairedLines(sources!, targets!)
      return { text, encoding: 'utf-8', warnings: [...warnings, ...notes], form: 'pairs' }
    },
  }
}
