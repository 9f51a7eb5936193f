// Compiles the catalog into the tables of *.md and docs/*.md, between `<!-- compiled: NAME -->` and `<!-- end -->`.
// Prose is never touched. With --check nothing is written and a stale table is a failure.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Catalog } from '../src-main/contract/catalog.ts'
import { groupNames } from '../src-main/contract/config.ts'
import { nearest } from '../src-main/contract/errors.ts'
import { fullHelp, type Field } from '../src-main/contract/fields.ts'
import { commonMetrics, type MetricRow } from '../src-main/contract/metrics.ts'
import { propertyRows, type PropertyRow } from '../src-main/contract/predicate/properties.ts'
import { renamedMetrics } from '../src-main/contract/renamedMetrics.ts'
import { oldPaths, optionNow } from '../src-main/contract/renamedOptions.ts'
import type { TaskInfo } from '../src-main/contract/taskInfo.ts'
import { abilityRows } from './abilityTable.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()
const code = (value: unknown) => `\`${String(value)}\``

/** A Markdown table; texts are escaped, so a cell cannot break its row. */
function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** "0.1 .. 0.5", "> 0", "adam, sgd": what a field accepts. */
function range(field: Field): string {
  if (field.choices) return field.choices.map(code).join(', ')
  const { min, max, aboveMin } = field
  if (min === undefined && max === undefined) return field.type
  const from = min === undefined ? '' : aboveMin ? `above ${min}` : `from ${min}`
  return `${from}${max === undefined ? '' : ` to ${max}`}${field.unit ? ` ${field.unit}` : ''}`.trim()
}

function optionTable(fields: Field[]): string {
  const shown = (value: Field['default']) => (value === undefined || value === '' ? '' : code(value))
  const rows = fields.map((field) => [code(field.path), range(field), shown(field.default), fullHelp(field)])
  return table(['option', 'accepts', 'default', 'meaning'], rows)
}

/** Options of the model and of training of which this task takes some values only. */
function leftValues({ allowed }: TaskInfo): string {
  const lines = allowed.map(({ path, values, why, when }) => {
    const where = when ? `, where ${code(when.path)} is ${when.in.map(code).join(' or ')}` : ''
    return `- ${code(path)}: ${values.map(code).join(', ')}${where}. ${why[0]!.toUpperCase()}${why.slice(1)}.`
  })
  return lines.length === 0 ? '' : `\n\nOther options that are limited here:\n\n${lines.join('\n')}`
}

const better = { min: 'lower', max: 'higher' }

const metricTable = (rows: readonly MetricRow[]): string =>
  table(
    ['metric', 'title', 'better', 'unit', 'meaning'],
    rows.map(({ name, title, direction, unit, about }) => [
      code(name),
      title,
      direction ? better[direction] : '',
      unit,
      about,
    ]),
  )

/** `previous(predicate, n = 1)`: a property with its parameters and their defaults. */
function propertyForm({ name, parameters }: PropertyRow): string {
  const texts = parameters.map((one) =>
    one.default === undefined ? one.name : `${one.name} = ${JSON.stringify(one.default)}`,
  )
  return parameters.length === 0 ? name : `${name}(${texts.join(', ')})`
}

const kinds = { boolean: 'holds or not', number: 'a number' }

/**
 * Every compiled table by name: `cells`, `presets`, `tasks`, `tasks.abilities`, `options.data`, `options.cells`, `options.GROUP` for each group of options,
 * `options.older`, `metrics.training`, `metrics.tasks`, `metrics.renamed`,
 * `predicates`.
 */
export function tables(catalog: Catalog): Record<string, string> {
  const { cells, presets, tasks, fields } = catalog
  const data = tasks.map((task) => {
    const { id, title, about, fields } = task
    return `### ${title}\n\n${about} Set ${code(`task=${id}`)}.\n\n${optionTable(fields)}${leftValues(task)}`
  })
  const signals = (signals: { id: string }[]) => signals.map(({ id }) => code(id)).join(' ')
  const measured = tasks.map(
    ({ title, metrics, rankedBy }) =>
      `### ${title}\n\nRanked by ${code(rankedBy)}.\n\n${metricTable(metrics)}`,
  )
  const needs = (file?: string) => (file ? ` Needs a file: ${file}.` : '')
  return {
    'options.data': data.join('\n\n'),
    ...Object.fromEntries(groupNames.map((group) => [`options.${group}`, optionTable(fields[group])])),
    'options.older': table(
      ['up to version 3', 'now'],
      [
        ...oldPaths.map((path) => [code(path), code(optionNow(path))]),
        [code('model.sizes'), code('model.layers')],
      ],
    ),
    'options.cells': optionTable(
      cells.flatMap((row) =>
        row.fields.map((field) => ({ ...field, help: `${row.title}: ${fullHelp(field)}`, values: {} })),
      ),
    ),
    'metrics.training': metricTable(commonMetrics),
    'metrics.tasks': measured.join('\n\n'),
    'metrics.renamed': table(
      ['former name', 'name'],
      renamedMetrics.map((names) => names.map(code)),
    ),
    predicates: table(
      ['property', 'gives', 'meaning', 'example'],
      propertyRows.map((row) => [code(propertyForm(row)), kinds[row.kind], row.about, code(row.example)]),
    ),
    tasks: table(
      ['task', 'name', 'what it is'],
      tasks.map((row) => [code(row.id), row.title, row.about]),
    ),
    'tasks.abilities': table(
      ['task', 'generates', 'answers new', 'units are shown over', 'predictions over training'],
      abilityRows(tasks),
    ),
    cells: table(
      ['cell', 'name', 'what it is', 'signals', 'source'],
      cells.map((row) => [code(row.id), row.title, row.about, signals(row.signals), row.paper]),
    ),
    presets: table(
      ['preset', 'name', 'what it trains', 'expected result'],
      presets.map((row) => [code(row.id), row.title, row.about + needs(row.needsFile), row.expects]),
    ),
  }
}

/** `text` with every marked table compiled anew; throws on a name that is no table, naming the nearest. */
export function compile(text: string, compiled: Record<string, string>): string {
  return text.replace(
    /(<!-- compiled: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => {
      const found = compiled[name]
      if (found === undefined) {
        const near = nearest(name, Object.keys(compiled))
        throw new Error(`No compiled table "${name}"${near ? `; did you mean "${near}"?` : ''}`)
      }
      return `${open}\n${found}\n\n${close}`
    },
  )
}

/** The project's documents as [path, text on disk, text as compiled]. */
export function documents(root: string, catalog: Catalog): [path: string, before: string, after: string][] {
  const compiled = tables(catalog)
  return ['.', 'docs']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.md'))
    .map((path) => {
      const before = readFileSync(path, 'utf8')
      return [path, before, compile(before, compiled)]
    })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { catalog } = await import('../src-main/engine/index.ts')
  const stale = documents(fileURLToPath(new URL('..', import.meta.url)), catalog()).filter(
    ([, before, after]) => before !== after,
  )
  const check = process.argv.includes('--check')
  for (const [path, , after] of stale) {
    if (!check) writeFileSync(path, after)
    process.stdout.write(`${path} ${check ? 'is stale: run "npm run docs"' : 'rewritten'}\n`)
  }
  if (check && stale.length) process.exitCode = 1
}
