// `unroll doctor`: checks the store, the files and the engine; changes nothing.
import type { Command } from 'commander'
import type { Cli } from '../run.ts'

export function doctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('check the data folder and the engine')
    .action(() =>
      cli.start(async (app) => {
        const report = await app.call('app.doctor', {})
        cli.out.object(report)
        for (const { name, ok, message } of report.checks)
          cli.out.line(`${ok ? 'ok     ' : 'FAULT  '}${name}: ${message}`)
        return report.ok ? 0 : 65
      }),
    )
}
