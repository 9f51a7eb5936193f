// `unroll resume RUN`: continues from the newest intact checkpoint, in this process, bit for bit as if uninterrupted.
import type { Command } from 'commander'
import { findRun } from '../findRun.ts'
import { follow } from '../follow.ts'
import type { Cli } from '../run.ts'

export function resumeCommand(program: Command, cli: Cli): void {
  program
    .command('resume')
    .description('go on with a paused, stopped or interrupted run')
    .argument('<run>')
    .option('--quiet', 'only the summary at the end')
    .action((word: string, flags: { quiet?: boolean }) =>
      cli.start(
        async (app) => {
          const { id } = await findRun(app, word)
          return follow(cli, app, { start: () => app.call('runs.resume', { id }), ...flags })
        },
        { graceful: true },
      ),
    )
}
