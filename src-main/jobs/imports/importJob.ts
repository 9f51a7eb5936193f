// An import: parts of files come in, UTF-8 of the stored form goes out, at the end with its statistics. The whole is in memory only for
// kinds of files that cannot be read in order.
import type { DecodeMode } from '../../contract/data.ts'
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { DataForm, FilePart, ImportSettings } from '../../contract/importing.ts'
import { concatBytes } from '../pieces.ts'
import { textCounter, type ImportStatistics, type TextStatistics } from '../textStatistics.ts'
import { isMidiFile } from '../../engine/imports/music.ts'
import { imageFilesOf } from '../../engine/imports/images/folder.ts'
import { folderReader, musicReader, pairReader } from './folder.ts'
import { imageReader } from './images.ts'
import { fileReader } from './file.ts'
import { areTables, tablesReader } from './tables.ts'

/** What is to be imported. */
export interface ImportTask {
  name: string
  /** Paths of the files of a folder; undefined: a single file. */
  files?: readonly string[] | undefined
  /** Two files whose lines pair. */
  paired?: boolean | undefined
  mode: DecodeMode
  settings: ImportSettings
}

/** A piece of the stored form, or the result at the end. */
export interface Piece {
  text: string
  /** The same as UTF-8, if it is at hand. */
  utf8?: Uint8Array
}

/** What an import found out about its source. */
export interface ImportResult extends Piece {
  encoding: TextStatistics['encoding']
  warnings: Warning[]
  form: DataForm
  /** Lines of a test part at the end. */
  test?: number
}

/** Reads one file or the files of a folder. */
export interface Reader {
  read(part: FilePart): Piece | Promise<Piece>
  end(): ImportResult | Promise<ImportResult>
}

export type ImportJob = ReturnType<typeof importJob>

/** Throws E_DATA_EMPTY, E_DATA_FORMAT, E_BINARY, E_ENCODING, E_UTF8, E_ARG for settings that do not fit. */
export function importJob(task: ImportTask) {
  const reader = readerOf(task)
  const counter = textCounter()
  const encoder = new TextEncoder()
  const take = ({ text, utf8 = encoder.encode(text) }: Piece): Uint8Array => {
    counter.add(text, utf8)
    return utf8
  }
  return async function read(
    parts: readonly FilePart[],
    last: boolean,
  ): Promise<{ utf8: Uint8Array; statistics?: ImportStatistics }> {
    const out: Uint8Array[] = []
    for (const part of parts) out.push(take(await reader.read(part)))
    if (!last) return { utf8: concatBytes(out) }
    const { encoding, warnings, form, test, ...rest } = await reader.end()
    out.push(take(rest))
    if (counter.blank)
      throw new UnrollError(
        'E_DATA_EMPTY',
        `${task.name}: no example is left. Choose other columns or another file.`,
      )
    const statistics = {
      ...counter.statistics(encoding, warnings),
      form,
      ...(test !== undefined && { test }),
    }
    return { utf8: concatBytes(out), statistics }
  }
}

/** Whether most files of a folder are MIDI. */
export const isMusicFolder = (files: readonly string[]): boolean =>
  files.filter(isMidiFile).length > files.length / 2

function readerOf(task: ImportTask): Reader {
  const { files } = task
  if (!files) return fileReader(task)
  if (imageFilesOf(files)) return imageReader({ ...task, files })
  if (areTables(files)) return tablesReader({ ...task, files })
  if (task.paired) return pairReader({ ...task, files })
  return isMusicFolder(files) ? musicReader() : folderReader({ ...task, files })
}
