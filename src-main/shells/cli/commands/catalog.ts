// `unroll catalog [NAME]`: presets, cells and all keys of --set, or those that match a name.
import type { Command } from 'commander'
import type { Catalog } from '../../../contract/catalog.ts'
import { fromGroups, groupNames } from '../../../contract/config.ts'
import { nearest, UnrollError } from '../../../contract/errors.ts'
import { fullHelp, type Field } from '../../../contract/fields.ts'
import { settingText } from '../../../contract/settingText.ts'
import { optionLike } from '../../../contract/suggest.ts'
import { table } from '../format.ts'
import type { Cli } from '../run.ts'

export function catalogCommand(program: Command, cli: Cli): void {
  program
    .command('catalog')
    .description('list presets, cells, tasks and settings')
    .argument('[name]', 'only what begins with this: a preset, a cell, a setting or a group such as train.')
    .action((name: string | undefined) =>
      cli.start(async (app) => {
        const whole = await app.call('catalog.get', {})
        const catalog = name === undefined ? whole : named(whole, name)
        const { out } = cli
        out.object(catalog)
        const presets = catalog.presets.map((p) => [p.id, `${p.title}. ${p.expects}`])
        const cells = catalog.cells.map((c) => [
          c.id,
          c.signals.map((s) => s.id).join(' '),
          `${c.title}. ${c.paper}`,
        ])
        const tables = [
          { headings: ['preset', 'what it is'], rows: presets },
          { headings: ['cell', 'signals', 'what it is'], rows: cells },
          {
            headings: ['task', 'what it is'],
            rows: catalog.tasks.map((t) => [t.id, `${t.title}. ${t.about}`]),
          },
          { headings: ['setting', 'default', 'values', 'help'], rows: fieldsIn(catalog).map(row) },
        ].filter(({ rows }) => rows.length > 0)
        tables.forEach(({ headings, rows }, i) => {
          if (i > 0) out.line()
          for (const line of table(headings, rows)) out.line(line)
        })
      }),
    )
}

const fieldsIn = ({ tasks, fields, cells }: Catalog): Field[] => [
  ...tasks.flatMap((task) => task.fields),
  ...groupNames.flatMap((group) => fields[group]),
  ...cells.flatMap((cell) => cell.fields),
]

/** What a name matches: presets, options and cells that begin with it; a cell or a task with all its options. Throws E_NOT_FOUND. */
function named(whole: Catalog, name: string): Catalog {
  const begins = (text: string) => text.startsWith(name)
  const some = (fields: Field[]) => fields.filter(({ path }) => begins(path))
  const found: Catalog = {
    presets: whole.presets.filter(({ id }) => begins(id)),
    cells: whole.cells.flatMap((cell) => {
      const fields = begins(cell.id) ? cell.fields : some(cell.fields)
      return begins(cell.id) || fields.length > 0 ? [{ ...cell, fields }] : []
    }),
    tasks: whole.tasks.flatMap((task) => {
      const fields = begins(task.id) ? task.fields : some(task.fields)
      return begins(task.id) || fields.length > 0 ? [{ ...task, fields }] : []
    }),
    fields: fromGroups((group) => some(whole.fields[group])),
  }
  if (found.presets.length + found.cells.length + found.tasks.length + fieldsIn(found).length > 0)
    return found
  const names = [...whole.presets, ...whole.cells, ...whole.tasks].map(({ id }) => id)
  const near = optionLike(name, fieldsIn(whole)) ?? nearest(name, names)
  throw new UnrollError(
    'E_NOT_FOUND',
    `catalog: nothing is called "${name.slice(0, 80)}"${near ? `; did you mean ${near}?` : '. "unroll catalog" lists all.'}`,
  )
}

function row(field: Field): string[] {
  const range =
    field.min !== undefined || field.max !== undefined
      ? `${field.aboveMin ? 'above ' : ''}${field.min ?? ''} to ${field.max ?? ''}`
      : field.type
  return [field.path, settingText(field.default), field.choices?.join(' | ') ?? range, fullHelp(field)]
}
