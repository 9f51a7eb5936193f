// `unroll export RUN`: weights as safetensors, curves as CSV or the configuration as JSON, to a file or to stdout.
import { Option, type Command } from 'commander'
import { existsSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { UnrollError } from '../../../contract/errors.ts'
import { diskError, writeFileWhole } from '../../../store/files.ts'
import { findRun } from '../findRun.ts'
import { size } from '../format.ts'
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
        await writeNew(path, bytes, flags.force === true)
        cli.out.object({ run: id, what: flags.what, file: path, bytes: bytes.length })
        cli.out.line(`${path}  ${size(bytes.length)}`)
      }),
    )
}

/** E_NOT_A_FILE for a folder, E_EXISTS if the file exists, E_PATH if its folder does not. */
async function writeNew(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  const there = statOf(path)
  if (there?.isDirectory()) throw diskError({ code: 'EISDIR' }, path)
  if (there && !force)
    throw new UnrollError('E_EXISTS', `${path}: exists already. Take another name or --force.`)
  if (!existsSync(dirname(path)))
    throw new UnrollError('E_PATH', `${dirname(path)}: there is no such folder. Make it first.`)
  await writeFileWhole(path, bytes)
}

/** The file's stats; undefined if nothing exists at `path`. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw diskError(error, path)
  }
}
