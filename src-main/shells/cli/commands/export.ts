// `unroll export RUN`: weights as safetensors, curves as CSV or the configuration as JSON, to a file or to stdout.
import { Option, type Command } from 'commander'
import { findRun } from '../findRun.ts'
import { size } from '../format.ts'
import { writeNewFile } from '../newFile.ts'
import { number, refuseFlags } from '../options.ts'
import { userPath } from '../../userPath.ts'
import type { Cli } from '../run.ts'

interface Flags {
  what: 'weights' | 'metrics' | 'config'
  out?: string
  step?: number
  force?: boolean
}

export function exportCommand(program: Command, cli: Cli): void {
  program
    .command('export')
    .description('write the weights, curves or configuration of a run to a file')
    .argument('<run>')
    .addOption(
      new Option('--what <part>', 'what to write')
        .choices(['weights', 'metrics', 'config'])
        .default('weights'),
    )
    .option('--out <file>', 'where to; "-" is stdout; else a name made from the run, here')
    .option('--step <n>', 'weights of this checkpoint; else the best', number('step'))
    .option('--force', 'replace the file if it exists')
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        if (flags.what !== 'weights') refuseFlags(flags, ['step'], 'that is for weights')
        const { id } = await findRun(app, word)
        const { filename, bytes } = await app.call('runs.export', { id, what: flags.what, step: flags.step })
        if (flags.out === '-') return cli.out.raw(bytes)
        const path = userPath(flags.out ?? filename)
        await writeNewFile(path, bytes, flags.force === true)
        cli.out.object({ run: id, what: flags.what, file: path, bytes: bytes.length })
        cli.out.line(`${path}  ${size(bytes.length)}`)
      }),
    )
}
