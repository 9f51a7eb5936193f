// The table of commands, and the options that all of them share.
import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { applyCommand } from './commands/apply.ts'
import { analyseCommand } from './commands/analyse.ts'
import { benchCommand } from './commands/bench.ts'
import { catalogCommand } from './commands/catalog.ts'
import { claimsCommand } from './commands/claims.ts'
import { compareCommand } from './commands/compare.ts'
import { dataCommand } from './commands/data.ts'
import { doctorCommand } from './commands/doctor.ts'
import { exportCommand } from './commands/export.ts'
import { forkCommand } from './commands/fork.ts'
import { graphCommand } from './commands/graph.ts'
import { importCommand } from './commands/import.ts'
import { inspectCommand } from './commands/inspect.ts'
import { resumeCommand } from './commands/resume.ts'
import { runsCommand } from './commands/runs.ts'
import { sampleCommand } from './commands/sample.ts'
import { serveCommand } from './commands/serve.ts'
import { showCommand } from './commands/show.ts'
import { pauseCommand, stopCommand } from './commands/stop.ts'
import { trainCommand } from './commands/train.ts'
import { restoreCommand, trashCommand } from './commands/trash.ts'
import { refuseSlips } from './options.ts'
import type { Cli } from './run.ts'

/** Adds one command to the program. */
export type AddCommand = (program: Command, cli: Cli) => void

export const commands: readonly AddCommand[] = [
  trainCommand,
  runsCommand,
  showCommand,
  applyCommand,
  sampleCommand,
  inspectCommand,
  analyseCommand,
  claimsCommand,
  compareCommand,
  graphCommand,
  resumeCommand,
  forkCommand,
  pauseCommand,
  stopCommand,
  trashCommand,
  restoreCommand,
  exportCommand,
  importCommand,
  dataCommand,
  catalogCommand,
  benchCommand,
  serveCommand,
  doctorCommand,
]

const about = `RUN is an id, the beginning of one, a name, or "last".
Exit codes: 0 done, 2 usage, 65 bad data, 66 no such input, 70 internal, 73 cannot create, 74 disk, 75 try again, 77 no permission.`

const version = () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

export function buildProgram(cli: Cli, argv: readonly string[]): Command {
  const program = new Command('unroll')
    .description(
      'Trains recurrent networks, compares runs, looks inside them. "unroll serve" opens the workbench in a browser.',
    )
    .version(version())
    .option('--json', 'print one JSON object per line')
    .option('--data-dir <dir>', 'folder of the runs (also UNROLL_HOME; else the folder for application data)')
    .addHelpText('after', `\n${about}`)
    .exitOverride()
    .showHelpAfterError('see "unroll --help"')
    .configureOutput({
      writeOut: (text) => cli.out.raw(text),
      writeErr: (text) => cli.out.note(text.replace(/^error: /, 'unroll: ').replace(/\n$/, '')),
    })
    .hook('preAction', () => {
      cli.out.json = program.opts<{ json?: boolean }>().json === true
    })
  for (const add of commands) add(program, cli)
  refuseSlips(program, argv)
  return program
}
