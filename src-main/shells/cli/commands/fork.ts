// `unroll fork RUN`: a new run that starts from the weights of a checkpoint, with other training options if given.
import type { Command } from 'commander'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { follow } from '../follow.ts'
import { collect, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { trainConfig, type TrainFlags } from '../trainConfig.ts'

interface Flags extends Pick<TrainFlags, 'set' | 'name' | 'seed' | 'threads'> {
  step?: number
  quiet?: boolean
}

export function forkCommand(program: Command, cli: Cli): void {
  program
    .command('fork')
    .description(
      'start a new run with the weights of a checkpoint and follow it; model and data stay as they were',
    )
    .argument('<run>')
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--set <key=value>', 'one setting, such as optimizer.lr=0.001; may be repeated', collect)
    .option('--name <text>', 'what to call the new run')
    .option('--seed <n>', 'same seed, same bits; else the seed of the run', number('seed'))
    .option('--threads <n>', 'cores for the run', number('threads'))
    .option('--quiet', 'only the summary at the end')
    .action((word: string, { quiet, ...flags }: Flags) =>
      cli.start((app) => follow(cli, app, { start: () => fork(app, word, flags), ...(quiet && { quiet }) }), {
        graceful: true,
      }),
    )
}

async function fork(app: App, word: string, { step, ...flags }: Flags) {
  const { id, config } = await findRun(app, word)
  const catalog = await app.call('catalog.get', {})
  return app.call('runs.fork', {
    id,
    step,
    config: trainConfig(catalog, { ...flags, base: { ...config, name: '' } }),
  })
}
