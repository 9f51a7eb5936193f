// `unroll train`: builds a configuration, launches it in this process and follows it to the end.
import type { Command } from 'commander'
import type { App } from '../../appInterface.ts'
import { readConfigFile } from '../configFile.ts'
import { testShare } from '../../../contract/data.ts'
import { datasetOf, decodeOption, withTextId } from '../dataset.ts'
import { follow } from '../follow.ts'
import { collect, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { settingsHelp } from '../settingsHelp.ts'
import { trainConfig, type TrainFlags } from '../trainConfig.ts'

interface Flags extends Omit<TrainFlags, 'file' | 'dataset'> {
  data?: string
  decode?: string
  config?: string
  quiet?: boolean
}

export function trainCommand(program: Command, cli: Cli): void {
  program
    .command('train')
    .description('train a network and follow it; Ctrl+C pauses the run with a checkpoint')
    .option('--preset <id>', 'start from a preset; "unroll catalog" lists them')
    .option('--data <file>', 'a text file, or the id or name of a text that is there already')
    .addOption(decodeOption())
    .option('--config <file>', 'a JSON file with any part of the configuration')
    .option('--set <key=value>', 'one setting, such as model.hidden=256; may be repeated', collect)
    .option('--name <text>', 'what to call the run')
    .option('--seed <n>', 'same seed, same bits', number('seed'))
    .option('--threads <n>', 'cores for the run', number('threads'))
    .option('--quiet', 'only the summary at the end')
    .addHelpText('after', settingsHelp)
    .action((flags: Flags) =>
      cli.start(
        (app) =>
          follow(cli, app, { start: () => launch(cli, app, flags), ...(flags.quiet && { quiet: true }) }),
        { graceful: true },
      ),
    )
}

async function launch({ out }: Cli, app: App, { data, decode, config: path, ...flags }: Flags) {
  const file = path === undefined ? undefined : await readConfigFile(path)
  const catalog = await app.call('catalog.get', {})
  // Flags are checked before a text is imported, so that an error leaves no imported text.
  const draft = trainConfig(
    catalog,
    { ...flags, file, ...(data !== undefined && { dataset: 'prose' }) },
    (line) => out.note(`warning: ${line}`),
  )
  if (data === undefined) return app.call('runs.launch', { config: await withTextId(app, draft) })
  const dataset = await datasetOf(app, out, data, decode)
  const detail = await app.call('data.get', { id: dataset })
  const known = {
    dataset,
    datasetTask: detail.format?.stored ? detail.format.task : undefined,
    testShare: testShare(detail),
  }
  const config = trainConfig(catalog, { ...flags, file, ...known }, (line) => out.note(line))
  return app.call('runs.launch', { config })
}
