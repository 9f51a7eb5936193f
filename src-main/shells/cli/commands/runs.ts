// `unroll runs`: the table of runs, newest first.
import { Option, type Command } from 'commander'
import { runStatuses, type RunRow, type RunStatus } from '../../../contract/run.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags {
  search?: string
  status?: RunStatus
  trash?: boolean
  limit?: number
}

export function runsCommand(program: Command, cli: Cli): void {
  program
    .command('runs')
    .description('list runs')
    .option('--search <text>', 'in names, tags and notes')
    .addOption(new Option('--status <status>').choices(runStatuses))
    .option('--trash', 'those in the trash')
    .option('--limit <n>', 'at most so many', number('limit'))
    .action((flags: Flags) =>
      cli.start(async (app) => {
        const { runs, total } = await app.call('runs.list', flags)
        cli.out.object({ runs, total })
        if (runs.length === 0)
          return cli.out.line(
            flags.search || flags.status || flags.trash
              ? 'No run fits.'
              : 'No runs yet. Start one: unroll train --preset prose',
          )
        for (const line of table(
          ['run', 'status', 'step>', 'train loss>', 'validation loss>', 'made', 'name'],
          runs.map(row),
        ))
          cli.out.line(line)
        if (total > runs.length) cli.out.line(`${runs.length} of ${total}`)
      }),
    )
}

function row(run: RunRow): string[] {
  const last = (test: RegExp) => figure(run.summaries.find((summary) => test.test(summary.name))?.last)
  const made = new Date(run.createdAt).toISOString().slice(0, 16).replace('T', ' ')
  return [
    run.id,
    run.status,
    `${run.step}/${run.totalSteps}`,
    last(/^train\/loss$/),
    last(/^val(idation)?\/loss$/),
    made,
    run.name,
  ]
}
