// `unroll apply RUN` for a run that forecasts series: the records after those of a table, or after values of the command line.
import { basename, dirname } from 'node:path'
import { forecastTable, readValues } from '../../contract/applySeries.ts'
import { UnrollError } from '../../contract/errors.ts'
import { tableFormatOf, tableFormats } from '../../contract/tableFile.ts'
import type { RunRow } from '../../contract/run.ts'
import { writePieces } from '../../store/files.ts'
import type { App } from '../appInterface.ts'
import { userPath } from '../userPath.ts'
import { figure, table } from './format.ts'
import { filePieces, linesOf } from './inputLines.ts'
import { refuseFlags } from './options.ts'
import type { Cli } from './run.ts'

export interface SeriesFlags {
  invert?: boolean
  text?: string[]
  column?: string
  top?: number
  beam?: number
  lengthPenalty?: number
  values?: string
  file?: string
  decode?: string
  ahead?: number
  step?: number
  out?: string
}

/** Characters of a table, at most. */
const maxCharacters = 20_000_000

/** Prints the forecast, or writes it to `out`. */
export async function forecastSeries(cli: Cli, app: App, run: RunRow, flags: SeriesFlags): Promise<void> {
  const { out } = cli
  const { step, ahead } = flags
  const given =
    flags.values === undefined ? { table: await readTable(cli, flags) } : { values: valuesOf(flags.values) }
  const answer = await app.call('apply.series', { id: run.id, step, ahead, ...given })
  const [heading, ...rows] = forecastTable(answer)
  for (const warning of answer.warnings) if (!out.json) out.note(warning)
  if (flags.out === undefined) {
    out.object({ run: run.id, ...answer })
    const titles = heading!.map((title) => `${String(title)}>`)
    const cells = rows.map((row) => row.map((cell) => (cell === null ? '' : figure(Number(cell)))))
    for (const line of table(titles, cells)) out.line(line)
    if (rows.length > answer.horizon && !out.json)
      out.note(`from record ${answer.horizon + 1} on, forecasts read those before them`)
    return
  }
  const path = userPath(flags.out)
  const { write } = tableFormats[tableFormatOf(path)!]
  const text = new TextEncoder().encode(write(heading!.map(String), rows, true))
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield text
  }
  await writePieces(dirname(path), pieces(), () => basename(path))
  out.object({ run: run.id, step: answer.step, file: path, records: rows.length, bytes: text.length })
  out.line(`${path}  ${rows.length} records`)
}

/** Throws E_ARG for flags of other tasks, and without a series. */
export function checkSeriesFlags(flags: SeriesFlags): void {
  refuseFlags(flags, ['invert'], 'that is for runs that classify images')
  refuseFlags(flags, ['text', 'column', 'top', 'beam', 'lengthPenalty'], 'that is for runs that answer texts')
  if (flags.file !== undefined) refuseFlags(flags, ['values'], 'the table of --file is read')
  if (flags.values === undefined && flags.file === undefined)
    throw new UnrollError(
      'E_ARG',
      'no series: give a table with --file, or the last values with --values "1 2 3".',
    )
}

function valuesOf(text: string): number[] {
  const values = readValues(text)
  if (values) return values
  throw new UnrollError(
    'E_ARG',
    `--values: ${JSON.stringify(text.slice(0, 40))}: give numbers with spaces between them, such as "20.7 17.9 18.8".`,
  )
}

async function readTable(cli: Cli, { file, decode = 'strict' }: SeriesFlags): Promise<string> {
  const name = file === '-' ? 'standard input' : file!
  const lines: string[] = []
  let characters = 0
  for await (const line of linesOf(file === '-' ? cli.host.stdin : filePieces(file!), name, decode)) {
    characters += line.length + 1
    if (characters > maxCharacters)
      throw new UnrollError(
        'E_ARG',
        `${name}: more than ${maxCharacters} characters. Give the last records alone.`,
      )
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}
