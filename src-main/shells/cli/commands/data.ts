// `unroll data`: the texts that runs can read; list, show, import, remove.
import type { Command } from 'commander'
import type { DatasetDetail } from '../../../contract/data.ts'
import { formatAdvice } from '../../../contract/textFormat.ts'
import type { App } from '../../appInterface.ts'
import { decodeOption, findText, importFile } from '../dataset.ts'
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
  data
    .command('import')
    .description('take in a text file')
    .argument('<file>')
    .addOption(decodeOption())
    .action((path: string, { decode }: { decode?: string }) =>
      cli.start((app) => importText(cli, app, path, decode)),
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

/** Imports the text file at `path` and prints the result. */
export async function importText(cli: Cli, app: App, path: string, decode?: string): Promise<void> {
  const detail = await importFile(app, path, decode)
  cli.out.object(detail)
  tellDoubts(cli.out, detail)
  cli.out.line(
    `${detail.id}: ${detail.characters} characters, ${detail.distinct} different, ${detail.encoding}`,
  )
}
