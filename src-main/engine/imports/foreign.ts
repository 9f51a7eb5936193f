// What a kind of foreign file must give: how it is recognised, what its beginning holds, and how it is turned into a stored form.
// Pure functions of text and bytes; no files.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { DataForm, FoundColumn, ImportSettings } from '../../contract/importing.ts'

/** The beginning of a file; `whole` if it is all of it. */
export interface Head<T> {
  name: string
  content: T
  whole: boolean
}

/** What the beginning of a file holds, and the settings that an import would take. */
export interface Sight {
  /** Noun phrase for this file, if it says more than that of its kind. */
  title?: string
  forms: DataForm[]
  settings: ImportSettings
  columns: FoundColumn[]
  rows: string[][]
}

/** What a converter leaves at the end, beside the text. */
export interface ConvertedEnd {
  text: string
  notes: Warning[]
  /** Examples of a test part at the end. */
  test?: number
}

/** Turns a text piece by piece into lines of a stored form. */
export interface Converter {
  /** Throws E_DATA_FORMAT with line and column. */
  write(text: string): string
  end(): ConvertedEnd
}

/** A kind of file that is text. */
export interface ForeignText {
  /** Whether its records have columns, which are converted; without them the text is stored as it is. */
  columns?: true
  id: string
  /** Noun phrase for messages: "a table with commas (CSV)". */
  title: string
  recognises(head: Head<string>): boolean
  /** Throws E_DATA_FORMAT for a file that cannot be read at all, or settings that do not fit it. */
  look(head: Head<string>, given: ImportSettings): Sight
  /** A converter with the settings of `look`. */
  convert(head: Head<string>, sight: Sight): Converter
}

/** A kind of file that is read as a whole. */
export interface ForeignBytes {
  id: string
  title: string
  recognises(head: Head<Uint8Array>): boolean
  look(head: Head<Uint8Array>, given: ImportSettings): Sight | Promise<Sight>
  convert(bytes: Uint8Array, sight: Sight & { name?: string }): Promise<ConvertedEnd>
}

export const noteOf = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })

/** E_DATA_FORMAT at a place of a file; line and column (of characters or cells) from 1. */
export const formatError = (message: string, line?: number, column?: number): UnrollError =>
  new UnrollError('E_DATA_FORMAT', `${placeOf(line, column)}${message}`, {
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  })

function placeOf(line?: number, column?: number): string {
  if (line === undefined) return ''
  return column === undefined ? `line ${line}: ` : `line ${line}, column ${column}: `
}

/** A text without line breaks and tabs, which separate examples and their parts. */
export const oneLine = (text: string): string => text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ').trim()
