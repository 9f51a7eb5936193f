// `unroll graph RUN`: the compiled training step of a run, or of a configuration that was not started.
import type { Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import type { App } from '../../appInterface.ts'
import { readConfigFile } from '../configFile.ts'
import { datasetOf, decodeOption, withTextId } from '../dataset.ts'
import { findRun } from '../findRun.ts'
import { dotOf, graphLines } from '../graphText.ts'
import { collect } from '../options.ts'
import type { Cli } from '../run.ts'
import { trainConfig } from '../trainConfig.ts'

interface Flags {
  preset?: string
  data?: string
  decode?: string
  config?: string
  set?: string[]
  dot?: boolean
}

export function graphCommand(program: Command, cli: Cli): void {
  program
    .command('graph')
    .description('show the compiled program of a training step: graph, calls, memory')
    .argument('[run]', 'a run; without it, the configuration that the flags describe')
    .option('--preset <id>', 'start from a preset; "unroll catalog" lists them')
    .option('--data <file>', 'a text file, or the id or name of a text that is there already')
    .addOption(decodeOption())
    .option('--config <file>', 'a JSON file with any part of the configuration')
    .option('--set <key=value>', 'one setting, such as model.cell=gru; may be repeated', collect)
    .option('--dot', 'print the steps as a Graphviz graph')
    .action((word: string | undefined, flags: Flags) =>
      cli.start(async (app) => {
        const { title, graph } =
          word === undefined ? await ofConfig(cli, app, flags) : await ofRun(app, word, flags)
        const { out } = cli
        out.object(graph)
        if (out.json) return
        if (flags.dot) return out.raw(dotOf(graph))
        for (const line of [title, '', ...graphLines(graph)]) out.line(line)
      }),
    )
}

async function ofRun(app: App, word: string, flags: Flags) {
  const own = (['preset', 'data', 'config', 'set'] as const).find((name) => flags[name] !== undefined)
  if (own)
    throw new UnrollError(
      'E_ARG',
      `--${own}: ${word.slice(0, 80)} has a configuration already. Name a run or settings, not both.`,
    )
  const run = await findRun(app, word)
  return { title: run.name, graph: await app.call('runs.graph', { id: run.id }) }
}

async function ofConfig({ out }: Cli, app: App, { data, decode, config: path, preset, set }: Flags) {
  const file = path === undefined ? undefined : await readConfigFile(path)
  const catalog = await app.call('catalog.get', {})
  const given = { file, ...(preset !== undefined && { preset }), ...(set && { set }) }
  const dataset = data === undefined ? {} : { dataset: await datasetOf(app, out, data, decode) }
  const config = await withTextId(app, trainConfig(catalog, { ...given, ...dataset }))
  return { title: 'A configuration that was not started', graph: await app.call('config.graph', { config }) }
}
