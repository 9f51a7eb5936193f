// `unroll stop RUN` and `unroll pause RUN`: send a request to the process that trains the run.
import type { Command } from 'commander'
import { findRun } from '../findRun.ts'
import type { Cli } from '../run.ts'

function ask(program: Command, cli: Cli, name: 'stop' | 'pause', description: string): void {
  program
    .command(name)
    .description(description)
    .argument('<run>')
    .action((word: string) =>
      cli.start(async (app) => {
        const { id } = await findRun(app, word)
        const run = await app.call(`runs.${name}`, { id })
        cli.out.object(run)
        cli.out.line(`${run.name}: ${run.status} at step ${run.step}`)
      }),
    )
}

export const stopCommand = (program: Command, cli: Cli) =>
  ask(program, cli, 'stop', 'end a run for good, with a checkpoint')
export const pauseCommand = (program: Command, cli: Cli) =>
  ask(program, cli, 'pause', 'pause a run, with a checkpoint')
