// `unroll catalog`: presets, cells and all keys that --set knows.
import type { Command } from 'commander'
import { wholeHelp, type Field } from '../../../contract/fields.ts'
import { settingText } from '../../../contract/settingText.ts'
import { table } from '../format.ts'
import type { Cli } from '../run.ts'

export function catalogCommand(program: Command, cli: Cli): void {
  program
    .command('catalog')
    .description('list presets, cells and settings')
    .action(() =>
      cli.start(async (app) => {
        const catalog = await app.call('catalog.get', {})
        const { out } = cli
        out.object(catalog)
        for (const line of table(
          ['preset', 'what it is'],
          catalog.presets.map((p) => [p.id, `${p.title}. ${p.expects}`]),
        ))
          out.line(line)
        out.line()
        for (const line of table(
          ['cell', 'signals', 'what it is'],
          catalog.cells.map((c) => [c.id, c.signals.map((s) => s.id).join(' '), `${c.title}. ${c.paper}`]),
        ))
          out.line(line)
        out.line()
        const { data, model, train } = catalog.fields
        const fields = [
          ...Object.values(data).flat(),
          ...model,
          ...train,
          ...catalog.cells.flatMap((cell) => cell.fields),
        ]
        for (const line of table(['setting', 'default', 'values', 'help'], fields.map(row))) out.line(line)
      }),
    )
}

function row(field: Field): string[] {
  const range =
    field.min !== undefined || field.max !== undefined
      ? `${field.aboveMin ? 'above ' : ''}${field.min ?? ''} to ${field.max ?? ''}`
      : field.type
  return [field.path, settingText(field.default), field.choices?.join(' | ') ?? range, wholeHelp(field)]
}
