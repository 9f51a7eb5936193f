// Columns of a table: what their cells hold, which of them an import takes by default, and how one is named by the user.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { ColumnKind, DataForm, FoundColumn, ImportSettings } from '../../contract/importing.ts'
import { readNumber } from '../../contract/readNumber.ts'
import { quoted, wordCount } from '../formats/format.ts'

const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-'])

/** Whether a cell means a missing number. */
export const isMissing = (cell: string, more: readonly string[] = []): boolean =>
  missingWords.has(cell.trim().toLowerCase()) || more.includes(cell.trim())

/** A number as text with a decimal point. */
export const withPoint = (cell: string, decimal: '.' | ','): string =>
  decimal === ',' ? cell.replace(',', '.') : cell

const isNumber = (cell: string): boolean => readNumber(cell).fault === undefined

const datePattern =
  /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?( ?[AP]M)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** A column with this share of numbers is one of numbers: what is no number there is a fault to be told. */
const numberShare = 0.9

/** What the cells of a column seem to be. */
export function kindOf(cells: readonly string[], decimal: '.' | ','): ColumnKind {
  const given = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  if (given.length === 0) return 'empty'
  const known = given.filter((cell) => !isMissing(cell))
  const numbers = known.filter((cell) => isNumber(withPoint(cell, decimal))).length
  if (numbers > 0 && numbers >= numberShare * known.length) return 'numbers'
  if (known.every((cell) => datePattern.test(cell))) return 'dates'
  const words = given.reduce((sum, cell) => sum + wordCount(cell), 0) / given.length
  if (words > wordsOfNames || given.some((cell) => wordCount(cell) > 3)) return 'texts'
  return repeats(given) ? 'labels' : 'names'
}

/** Longer cells, in words on average, are texts. */
const wordsOfNames = 2
/** Most classes that are suggested without a name that says so. */
const mostClasses = 50

/** Whether cells repeat as labels do. */
export function repeats(cells: readonly string[]): boolean {
  const distinct = new Set(cells).size
  return distinct <= Math.max(2, cells.length / 2) && distinct <= mostClasses
}

/** Index of the column with this name or number from 1. Throws E_ARG with the nearest name, also for a name that two columns have. */
export function columnIndex(columns: readonly { name: string }[], word: string, setting: string): number {
  const names = columns.map(({ name }) => name)
  const at = names.indexOf(word)
  if (at >= 0 && names.indexOf(word, at + 1) < 0) return at
  const fault = (message: string) =>
    new UnrollError('E_ARG', `${setting}: ${message}`, { path: `settings.${setting}` })
  if (at >= 0) throw fault(`two columns have the name ${quoted(word)}. Give the number of the column.`)
  const number = /^\d{1,6}$/.test(word) ? Number(word) : 0
  if (number >= 1 && number <= names.length) return number - 1
  const near = nearest(word, names)
  const shown = names.slice(0, 20).map(quoted).join(', ')
  throw fault(
    `there is no column ${quoted(word)}; ${near ? `did you mean ${quoted(near)}?` : `there are ${shown}.`}`,
  )
}

/** The column as the settings name it: by its name if that is unique, else by its number. */
const named = (columns: readonly FoundColumn[], at: number): string =>
  columns.filter(({ name }) => name === columns[at]!.name).length === 1 ? columns[at]!.name : String(at + 1)

const labelNames =
  /^(label|labels|sentiment|class|category|target|polarity|rating|stars|score|y|spam|tag)s?$/i
const textNames =
  /(text|review|sentence|comment|document|message|body|content|phrase|abstract|article|source)/i
const secondNames = /(target|translation|headline|title|summary|answer|output|reply)/i

const first = <T>(list: readonly T[], test: (one: T) => boolean): T | undefined => list.find(test)

/** The columns and the forms that a table suggests, the likeliest form first. */
export function suggest(columns: readonly FoundColumn[]): { forms: DataForm[]; settings: ImportSettings } {
  const of = (...kinds: ColumnKind[]) => columns.flatMap(({ kind }, at) => (kinds.includes(kind) ? [at] : []))
  const name = (at: number) => columns[at]!.name
  const [numbers, dates] = [of('numbers'), of('dates')]
  // A few short texts look like labels; their name tells them apart.
  const isText = (at: number) => textNames.test(name(at)) && !labelNames.test(name(at))
  const texts = [...of('texts'), ...of('labels', 'names').filter(isText)]
  const labels = of('labels').filter((at) => !isText(at))
  const text = first(texts, (at) => textNames.test(name(at))) ?? texts[0]
  const time = first(dates, (at) => /time|hour/i.test(name(at)))
  const date = first(dates, (at) => at !== time) ?? time
  const isLabelName = (at: number) => labelNames.test(name(at))
  const isClass = (at: number) => columns[at]!.repeats === true
  const label =
    first(labels, isLabelName) ??
    labels[0] ??
    first(numbers.filter(isClass), isLabelName) ??
    first(numbers, isClass)
  const target =
    first(texts, (at) => at !== text && secondNames.test(name(at))) ?? texts.find((at) => at !== text)
  const isLabelled = text !== undefined && label !== undefined
  const forms: DataForm[] = []
  if (isLabelled) forms.push('labels')
  if (text !== undefined && target !== undefined) forms.push('pairs')
  // A table with dates is a series, whatever remarks it has.
  if (numbers.length > 0) forms.splice(dates.length > 0 ? 0 : forms.length, 0, 'series')
  if (text !== undefined) forms.push('text')
  const settings: ImportSettings = {
    ...(text !== undefined && { text: named(columns, text) }),
    ...(isLabelled && { label: named(columns, label) }),
    ...(target !== undefined && { target: named(columns, target) }),
    ...(numbers.length > 0 && { columns: numbers.map((at) => named(columns, at)) }),
    date: date !== undefined ? named(columns, date) : '',
    ...(date !== undefined && time !== undefined && time !== date && { time: named(columns, time) }),
  }
  return { forms: forms.length > 0 ? forms : ['text'], settings }
}
