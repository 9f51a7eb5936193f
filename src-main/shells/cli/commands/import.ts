// `unroll import FILE`: a file of weights becomes a run, any other file a text.
import type { Command } from 'commander'
import { basename, extname } from 'node:path'
import type { App } from '../../appInterface.ts'
import { readConfigFile } from '../configFile.ts'
import { decodeOption } from '../dataset.ts'
import { readInputFile } from '../../inputFile.ts'
import { refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'
import { importData } from './data.ts'

/** Extensions of weight files; all but safetensors are refused by the app, with the reason. */
const weightFiles = new Set([
  '.safetensors',
  '.pt',
  '.pth',
  '.pkl',
  '.npy',
  '.npz',
  '.h5',
  '.keras',
  '.ckpt',
  '.onnx',
])
const maxBytes = 2 ** 31 - 1

interface Flags {
  name?: string
  config?: string
  decode?: string
  trust?: boolean
}

export function importCommand(program: Command, cli: Cli): void {
  program
    .command('import')
    .description('take in a file: .safetensors as a run, anything else as a text')
    .argument('<file>')
    .option('--name <text>', 'name of the run; else the name in the file')
    .option('--config <file>', 'the configuration of weights that hold none, such as a PyTorch state_dict')
    .option('--trust', 'accept weights that are not finite numbers')
    .addOption(decodeOption())
    .action((path: string, flags: Flags) =>
      cli.start((app) => {
        if (weightFiles.has(extname(path).toLowerCase())) {
          refuseFlags(flags, ['decode'], 'this file holds weights; that is for texts')
          return importRun(cli, app, path, flags)
        }
        refuseFlags(flags, ['name', 'config', 'trust'], 'this file is a text; that is for weights')
        return importData(cli, app, path, { decode: flags.decode })
      }),
    )
}

async function importRun(
  cli: Cli,
  app: App,
  path: string,
  { name: runName, config: configPath, trust = false }: Flags,
): Promise<void> {
  const bytes = await readInputFile(path, maxBytes, 'E_MODEL_TOO_LARGE')
  const config = configPath === undefined ? undefined : await readConfigFile(configPath)
  const given = { name: basename(path), runName, bytes, config, trust }
  const { run, warnings } = await app.call('runs.import', given)
  cli.out.object({ run, warnings })
  for (const { code, message } of warnings) cli.out.note(`${code}: ${message}`)
  cli.out.line(`run ${run.id}  ${run.name}`)
}
