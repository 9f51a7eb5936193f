// `unroll data`: the texts that runs can read; list, show, import, remove.
import type { Command } from 'commander'
import type { DatasetDetail } from '../../../contract/data.ts'
import { formatAdvice } from '../../../contract/textFormat.ts'
import type { App } from '../../appInterface.ts'
import { dataForms } from '../../../contract/importing.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { userPath } from '../../userPath.ts'
import { decodeOption, findText, importFile, type ImportOptions } from '../dataset.ts'
import { settingsOf, withImportFlags, type ImportFlags } from '../importFlags.ts'
import { size, table } from '../format.ts'
import { escapeControls } from '../../escapeControls.ts'
import type { Output } from '../output.ts'
import type { Cli } from '../run.ts'

export function dataCommand(program: Command, cli: Cli): void {
  const data = program
    .command('data')
    .description('list the texts; see also data show, data import, data remove')
  data.action(() => cli.start((app) => list(cli, app)))
  data
    .command('show')
    .description('size, encoding, symbols and beginning of a text')
    .argument('<text>', 'its id or name')
    .action((word: string) => cli.start((app) => show(cli, app, word)))
  withImportFlags(
    data
      .command('import')
      .description(
        'take in a file, or a folder of texts; the flags choose what becomes of it, else its beginning does',
      )
      .argument('<file>'),
  )
    .option(
      '--with <file>',
      'a second file: of texts, its lines pair with those of the first; of tables, it is the test part',
    )
    .option('--look', 'show how the file would be read, and import nothing')
    .addOption(decodeOption())
    .action((path: string, flags: ImportFlags & { decode?: string; with?: string; look?: boolean }) =>
      cli.start((app) => {
        const options = { decode: flags.decode, settings: settingsOf(flags), target: flags.with }
        return flags.look ? look(cli, app, path, options) : importData(cli, app, path, options)
      }),
    )
  data
    .command('remove')
    .description('remove an imported text')
    .argument('<text>', 'its id or name')
    .action((word: string) =>
      cli.start(async (app) => {
        const { id } = await findText(app, word)
        const removed = await app.call('data.remove', { id })
        cli.out.object(removed)
        cli.out.line(`removed ${removed.id}`)
      }),
    )
}

async function list(cli: Cli, app: App): Promise<void> {
  const datasets = await app.call('data.list', {})
  cli.out.object({ datasets })
  const rows = datasets.map((d) => [
    d.id,
    size(d.bytes),
    String(d.characters),
    d.encoding,
    d.builtin ? 'built in' : 'imported',
    d.name,
  ])
  for (const line of table(['id', 'size>', 'characters>', 'encoding', 'from', 'name'], rows))
    cli.out.line(line)
}

async function show(cli: Cli, app: App, word: string): Promise<void> {
  const { id } = await findText(app, word)
  const detail = await app.call('data.get', { id })
  const { out } = cli
  out.object(detail)
  const symbols = detail.symbols
    .slice(0, 60)
    .map(({ symbol }) => (symbol === ' ' ? '␣' : symbol === '\n' ? '⏎' : escapeControls(symbol)))
  const facts = [
    ['id', detail.id],
    ['name', detail.name],
    [
      'size',
      `${size(detail.bytes)}, ${detail.characters} characters, ${detail.lines} lines, ${detail.encoding}`,
    ],
    ['sha256', detail.sha256],
    ['licence', detail.licence],
    ['symbols', `${detail.distinct}: ${symbols.join(' ')}`],
  ]
  for (const [name, value] of facts) out.line(`${name!.padEnd(9)}${value!}`)
  for (const text of [detail.about, detail.note]) if (text) out.line(`\n${text}`)
  tellDoubts(out, detail)
  out.line(`\n${[...detail.preview].slice(0, 400).join('')}`)
}

function tellDoubts(out: Output, { id, warnings, format }: DatasetDetail): void {
  for (const { code, message } of warnings) out.note(`${code}: ${message}`)
  if (format) out.note(`${id}: ${formatAdvice(format)}`)
}

/** Imports the file or folder at `path` and prints the result. */
export async function importData(cli: Cli, app: App, path: string, options: ImportOptions): Promise<void> {
  const detail = await importFile(app, path, options)
  cli.out.object(detail)
  tellDoubts(cli.out, detail)
  const lines = detail.form === '' || detail.form === 'text' ? [] : [`${detail.lines} lines`]
  const form = detail.form === '' ? [] : [dataForms[detail.form]]
  const facts = [
    ...form,
    ...lines,
    `${detail.characters} characters`,
    `${detail.distinct} different`,
    detail.encoding,
  ]
  cli.out.line(`${detail.id}: ${facts.join(', ')}`)
}

/** Prints how a file would be read. */
async function look(
  cli: Cli,
  app: App,
  path: string,
  { decode = 'strict', settings = {} }: ImportOptions,
): Promise<void> {
  const found = await app.call('data.lookAtFile', { path: userPath(path), decode, settings }, { local: true })
  const { out } = cli
  out.object(found)
  out.line(`${found.title}; it can become ${found.forms.join(', ')}`)
  for (const [name, value] of Object.entries(found.settings))
    out.line(`  ${name.padEnd(10)}${escapeControls(Array.isArray(value) ? value.join(', ') : String(value))}`)
  if (found.columns.length > 0) {
    const cells = found.rows.slice(0, 5).map((row) => row.map((cell) => shortened(escapeControls(cell))))
    const kinds = found.columns.map(({ kind }) => kind)
    for (const line of table(
      found.columns.map(({ name }) => escapeControls(name)),
      [kinds, ...cells],
    ))
      out.line(line)
  }
  for (const line of found.lines.slice(0, 5)) out.line(`> ${shortened(escapeControls(line), 100)}`)
  for (const { code, message } of found.notes) out.note(`${code}: ${message}`)
  if (found.error) throw new UnrollError(found.error.code, found.error.message, found.error.details)
}

const shortened = (text: string, most = 30): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text
