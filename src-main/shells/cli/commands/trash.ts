// `unroll trash RUN ...` and `unroll restore RUN ...`: move runs to the trash and back. Nothing is deleted.
import type { Command } from 'commander'
import { findRun } from '../findRun.ts'
import type { Cli } from '../run.ts'

function move(program: Command, cli: Cli, name: 'trash' | 'restore', description: string): void {
  program
    .command(name)
    .description(description)
    .argument('<runs...>')
    .action((words: string[]) =>
      cli.start(async (app) => {
        const ids: string[] = []
        for (const word of words) ids.push((await findRun(app, word, { trash: name === 'restore' })).id)
        const runs = await app.call(`runs.${name}`, { ids })
        cli.out.object({ runs })
        for (const run of runs) cli.out.line(`${run.name}: ${name === 'trash' ? 'in the trash' : 'restored'}`)
      }),
    )
}

export const trashCommand = (program: Command, cli: Cli) =>
  move(program, cli, 'trash', 'move runs to the trash; "unroll runs --trash" lists them')
export const restoreCommand = (program: Command, cli: Cli) =>
  move(program, cli, 'restore', 'take runs out of the trash')
