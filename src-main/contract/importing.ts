// What an import makes of a file: the form in which the data set is stored, the settings, and what a look at the file's beginning finds.
import { z } from 'zod'
import type { ErrorValue, Warning } from './errors.ts'

/** The forms in which data sets are stored, each with a noun phrase for messages. */
export const dataForms = {
  text: 'running text',
  labels: 'labelled texts, one per line',
  tags: 'sentences of tagged words, one per line',
  pairs: 'pairs of texts, one per line',
  series: 'a table of numbers, one record per line',
  music: 'pieces of music, one per line',
  images: 'images',
  frames: 'sequences of frames',
} as const
export type DataForm = keyof typeof dataForms

/** The name of a column, or its number from 1. */
const column = z.string().trim().min(1).max(200)

/** Settings of an import; what is left out is chosen by a look at the beginning of the file. */
export const importSettings = z.strictObject({
  /** The kind of file, if it is not the one that is recognised. */
  format: z.string().max(40).optional(),
  /** The form that the file is turned into. */
  as: z.enum(Object.keys(dataForms) as [DataForm, ...DataForm[]]).optional(),
  /** The column of labels (of tags in a file of tagged words). */
  label: column.optional(),
  /** The column of texts: those to classify, the first text of a pair, the words of tagged sentences. */
  text: column.optional(),
  /** The column of the second text of a pair. */
  target: column.optional(),
  /** The columns of numbers of a series. */
  columns: z.array(column).max(10_000).optional(),
  /** The column of dates of a series; '' for none. */
  date: z.string().trim().max(200).optional(),
  /** The column of the time of day, which is joined to the date; '' for none. */
  time: z.string().trim().max(200).optional(),
  /** Whether the first record is a header of column names. */
  header: z.boolean().optional(),
  separator: z.enum([',', ';', '\t', '|']).optional(),
  /** The decimal sign of the numbers. */
  decimal: z.enum(['.', ',']).optional(),
  /** Cells that mean a missing number, besides empty ones, NA, NaN and null. */
  missing: z.array(z.string().max(40)).max(20).optional(),
  /** Tags and entities of HTML in texts. */
  markup: z.enum(['keep', 'strip']).optional(),
  /** The size of images, rows x columns, to which those of other sizes are scaled; `common`: the most frequent one. */
  size: z
    .string()
    .regex(/^(common|[1-9]\d{0,3}x[1-9]\d{0,3})$/, 'give rows x columns such as 28x28, or common')
    .optional(),
  /** Whether examples keep their order or are shuffled; those of a test part always come last. */
  order: z.enum(['keep', 'shuffle']).optional(),
})
export type ImportSettings = z.output<typeof importSettings>

/** What the cells of a column seem to be; names are short texts that seldom repeat. */
export type ColumnKind = 'numbers' | 'dates' | 'labels' | 'names' | 'texts' | 'empty'

export interface FoundColumn {
  name: string
  kind: ColumnKind
  /** Whether numbers repeat as labels do. */
  repeats?: boolean
}

/** What a look at the beginning of a file finds. */
export interface FoundData {
  /** The kinds of file that it may be read as, with their titles; the recognised one first. */
  formats: { id: string; title: string }[]
  /** Noun phrase for the kind of file: "a table with commas (CSV)". */
  title: string
  /** The forms that it can be turned into, the likeliest first. */
  forms: DataForm[]
  /** The settings that an import would take. */
  settings: ImportSettings
  /** Columns of a table. */
  columns: FoundColumn[]
  /** The first records of a table. */
  rows: string[][]
  /** The first lines of the data set. */
  lines: string[]
  notes: Warning[]
  /** Why it cannot be imported with these settings. */
  error: ErrorValue | null
}

/** Part of a file that is imported; the files of a folder come one after another. */
export interface FilePart {
  /** Path inside the folder; the name of a single file. */
  file: string
  bytes: Uint8Array
  /** Whether it is the last part of its file. */
  last: boolean
}

/** Whether a file is a table by its name. */
export const isTableFile = (path: string): boolean =>
  /\.(csv|tsv|tab|jsonl|ndjson|parquet)(\.gz)?$/i.test(path)
