// `unroll compare RUN RUN ...`: what the configurations do not share, beside what came of it.
import type { Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import { settingText } from '../../../contract/settingText.ts'
import { findRun } from '../findRun.ts'
import { figure, table } from '../format.ts'
import type { Cli } from '../run.ts'

export function compareCommand(program: Command, cli: Cli): void {
  program
    .command('compare')
    .description('compare the settings and results of two or more runs')
    .argument('<runs...>')
    .option('--all', 'also settings that are equal')
    .action((words: string[], flags: { all?: boolean }) =>
      cli.start(async (app) => {
        const ids: string[] = []
        for (const word of words) ids.push((await findRun(app, word)).id)
        if (new Set(ids).size < 2)
          throw new UnrollError('E_ARG', 'compare: name at least two different runs.')
        const comparison = await app.call('runs.compare', { ids: [...new Set(ids)] })
        cli.out.object(comparison)
        const { runs, differences, same, metrics } = comparison
        const headings = ['', ...runs.map((run) => `${run.name}>`)]
        const show = (value: string | number | boolean | null) => settingText(value) || '—'
        const rows = [
          ['status', ...runs.map((run) => run.status)],
          ['step', ...runs.map((run) => String(run.step))],
          ...differences.map(({ path, values }) => [path, ...values.map(show)]),
          ...(flags.all ? same.map(({ path, value }) => [path, ...runs.map(() => show(value))]) : []),
          ...metrics.flatMap((metric) => [
            ...(metric.direction ? [[`${metric.name} best`, ...metric.best.map(figure)]] : []),
            [`${metric.name} last`, ...metric.last.map(figure)],
          ]),
        ]
        for (const line of table(headings, rows)) cli.out.line(line)
      }),
    )
}
