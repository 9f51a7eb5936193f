// Reads several tables with the same columns as one data set: a test part comes last, whatever the order of the files.
import type { Warning } from '../../contract/errors.ts'
import { isTableFile } from '../../contract/importing.ts'
import { formatError, noteOf } from '../../engine/imports/foreign.ts'
import { isTestFile } from '../../engine/imports/folders.ts'
import { fileReader } from './file.ts'
import type { ImportResult, ImportTask, Piece, Reader } from './importJob.ts'

const isHidden = (path: string): boolean => /(^|[/\\])[._]/.test(path)

/** Whether all files of a folder are tables. */
export function areTables(files: readonly string[]): boolean {
  const shown = files.filter((path) => !isHidden(path))
  return shown.length > 0 && shown.every(isTableFile)
}

const linesIn = (text: string): number => text.split('\n').length - 1

/** Throws E_DATA_FORMAT for a table that becomes another form or has other columns than the first. */
export function tablesReader(task: ImportTask & { files: readonly string[] }): Reader {
  const files = task.files.filter((path) => !isHidden(path))
  const hasTrain = files.some((path) => !isTestFile(path))
  // Of two files that were given as such the second is the test part, whatever its name.
  const isTest = (path: string) => (task.paired ? path === files[1] : hasTrain && isTestFile(path))
  /** Text of the test part, which is written last. */
  const held: string[] = []
  const warnings: Warning[] = []
  let result: ImportResult | undefined
  let heading: string | undefined
  let open: { file: string; reader: Reader; text: string[] } | undefined
  /** Lines of the other files, written without the heading of the first. */
  let isWritten = false

  /** The text of a whole file, a series without its heading if that was written. */
  function bodyOf(file: string, text: string, { form }: ImportResult): string {
    if (result && form !== result.form)
      throw formatError(
        `${file}: it would become ${form}, the files before ${result.form}. Choose the columns.`,
      )
    if (form !== 'series') return text
    const end = text.indexOf('\n') + 1
    const own = text.slice(0, end)
    heading ??= own
    if (own !== heading)
      throw formatError(
        `${file}: its columns are ${own.trim()}, those of the files before ${heading.trim()}.`,
        1,
      )
    return text.slice(end)
  }

  async function finish({ file, reader, text }: NonNullable<typeof open>): Promise<Piece> {
    const ended = await reader.end()
    for (const { code, message } of ended.warnings) warnings.push({ code, message: `${file}: ${message}` })
    const body = bodyOf(file, [...text, ended.text].join(''), ended)
    result ??= ended
    if (isTest(file)) {
      held.push(body)
      return { text: '' }
    }
    const first = isWritten ? '' : (heading ?? '')
    isWritten = true
    return { text: first + body }
  }

  return {
    async read(part) {
      if (isHidden(part.file)) return { text: '' }
      open ??= {
        file: part.file,
        reader: fileReader({ ...task, name: part.file, files: undefined }),
        text: [],
      }
      open.text.push((await open.reader.read(part)).text)
      if (!part.last) return { text: '' }
      const whole = open
      open = undefined
      return finish(whole)
    },
    end() {
      const { utf8: _, ...first } = result!
      const text = held.join('')
      const test = linesIn(text)
      if (test > 0) warnings.push(noteOf(`the last ${test.toLocaleString('en')} records are the test part.`))
      return { ...first, text, warnings, ...(test > 0 && { test }) }
    },
  }
}
