// `unroll data`: the texts that runs can read; list, look, import, remove.
import { Option, type Command } from 'commander'
import type { App } from '../../face.ts'
import type { Decode } from '../dataset.ts'
import { size, table } from '../format.ts'
import { harmless } from '../../harmless.ts'
import { userPath } from '../../userPath.ts'
import type { Cli } from '../run.ts'

export function dataCommand(program: Command, cli: Cli): void {
  const data = program
    .command('data')
    .description('list the texts; see also data show, data import, data remove')
  data.action(() => cli.start((app) => list(cli, app)))
  data
    .command('show')
    .description('size, encoding, symbols and beginning of a text')
    .argument('<id>')
    .action((id: string) => cli.start((app) => show(cli, app, id)))
  data
    .command('import')
    .description('take in a text file')
    .argument('<file>')
    .addOption(
      new Option('--decode <how>', 'how to read bytes that are not UTF-8')
        .choices(['strict', 'latin-1', 'replace', 'skip'])
        .default('strict'),
    )
    .action((path: string, { decode }: { decode: Decode }) =>
      cli.start((app) => importText(cli, app, path, decode)),
    )
  data
    .command('remove')
    .description('remove an imported text')
    .argument('<id>')
    .action((id: string) =>
      cli.start(async (app) => {
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

async function show(cli: Cli, app: App, id: string): Promise<void> {
  const detail = await app.call('data.get', { id })
  const { out } = cli
  out.object(detail)
  const symbols = detail.symbols
    .slice(0, 60)
    .map(({ symbol }) => (symbol === ' ' ? '␣' : symbol === '\n' ? '⏎' : harmless(symbol)))
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
  for (const { code, message } of detail.warnings) out.note(`${code}: ${message}`)
  out.line(`\n${[...detail.preview].slice(0, 400).join('')}`)
}

/** Imports the text file at `path` and says what came of it. */
export async function importText(cli: Cli, app: App, path: string, decode: Decode): Promise<void> {
  const detail = await app.call('data.importFile', { path: userPath(path), decode }, { local: true })
  cli.out.object(detail)
  for (const { code, message } of detail.warnings) cli.out.note(`${code}: ${message}`)
  cli.out.line(
    `${detail.id}: ${detail.characters} characters, ${detail.distinct} different, ${detail.encoding}`,
  )
}
