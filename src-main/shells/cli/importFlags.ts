// The flags of `unroll data import`, and the settings of an import that they mean.
import { Option, type Command } from 'commander'
import { dataForms, importSettings, type ImportSettings } from '../../contract/importing.ts'
import { parseWith } from '../../contract/validate.ts'
import { collect } from './options.ts'

export interface ImportFlags {
  as?: string
  label?: string
  text?: string
  target?: string
  columns?: string
  date?: string
  time?: string
  format?: string
  header?: boolean
  separator?: string
  decimal?: string
  missing?: string[]
  markup?: string
  order?: string
  size?: string
}

const separators: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', bar: '|', '\\t': '\t' }
const decimals: Record<string, string> = { point: '.', comma: ',' }

/** Adds the flags to a command. */
export const withImportFlags = (command: Command): Command =>
  command
    .addOption(new Option('--as <form>', `what the file becomes: ${Object.keys(dataForms).join(', ')}`))
    .option('--label <column>', 'the column of labels or tags, by name or number from 1')
    .option('--text <column>', 'the column of texts or words')
    .option('--target <column>', 'the column of the second text of a pair')
    .option('--columns <a,b>', 'the columns of numbers of a series, separated by commas')
    .option('--date <column>', 'the column of dates of a series; none leaves them out')
    .option('--time <column>', 'the column of the time of day, joined to the date')
    .option('--header', 'the first record names the columns')
    .option('--no-header', 'the first record is data')
    .option('--separator <name>', 'what separates the columns: comma, semicolon, tab or bar')
    .option('--decimal <name>', 'the decimal sign of numbers: point or comma')
    .option(
      '--missing <cell>',
      'a cell that means a missing number, besides empty ones, NA, NaN and null; repeatable',
      collect,
    )
    .option('--markup <how>', 'tags and entities of HTML in texts: keep or strip')
    .option(
      '--size <size>',
      'the size of images, rows x columns such as 28x28; common: the most frequent one',
    )
    .option('--order <how>', 'the order of examples: keep or shuffle')
    .option(
      '--format <kind>',
      'the kind of file, if another is recognised: text, separated, json-lines, conll or lines',
    )

/** The settings that the flags mean. Throws E_ARG. */
export function settingsOf(flags: ImportFlags): ImportSettings {
  const {
    columns,
    separator,
    decimal,
    date,
    time,
    as,
    label,
    text,
    target,
    format,
    header,
    missing,
    markup,
    order,
    size,
  } = flags
  return parseWith(
    importSettings,
    {
      ...defined({ time, as, label, text, target, format, header, missing, markup, order, size }),
      ...(columns !== undefined && { columns: columns.split(',').map((name) => name.trim()) }),
      ...(separator !== undefined && { separator: separators[separator] ?? separator }),
      ...(decimal !== undefined && { decimal: decimals[decimal] ?? decimal }),
      ...(date !== undefined && { date: date === 'none' ? '' : date }),
    },
    'E_ARG',
    'import',
  )
}

const defined = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
