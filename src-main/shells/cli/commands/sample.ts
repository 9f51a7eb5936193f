// `unroll sample RUN`: writes text with a trained network, symbol by symbol as it comes.
import type { Command } from 'commander'
import type { Events } from '../../../contract/events.ts'
import type { SampleToken } from '../../../contract/inspect.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { App } from '../../face.ts'
import { findRun } from '../findRun.ts'
import { number } from '../options.ts'
import { harmless } from '../../harmless.ts'
import type { Cli } from '../run.ts'

interface Flags {
  prime?: string
  length?: number
  temperature?: number
  topK?: number
  topP?: number
  seed?: number
  step?: number
}

export function sampleCommand(program: Command, cli: Cli): void {
  program
    .command('sample')
    .description('write text with a run')
    .argument('<run>')
    .option('--prime <text>', 'what the text begins with')
    .option('--length <n>', 'symbols to write', number('length'))
    .option('--temperature <t>', '0 takes the likeliest; 1 is the model itself', number('temperature'))
    .option('--top-k <n>', 'only the n likeliest symbols; 0 = all', number('top-k'))
    .option('--top-p <p>', 'only the likeliest symbols that make up p', number('top-p'))
    .option('--seed <n>', 'same seed, same text', number('seed'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .action((word: string, flags: Flags) =>
      cli.start(
        async (app) => {
          const run = await findRun(app, word)
          return sample(cli, app, run.id, flags)
        },
        { graceful: true },
      ),
    )
}

async function sample(cli: Cli, app: App, id: string, flags: Flags): Promise<number> {
  const { out, leave } = cli
  const tokens: SampleToken[] = []
  const done = Promise.withResolvers<Events['sample.done']>()
  // Tokens can come before the start has answered with the job's name.
  let job = ''
  let early: (() => void)[] | undefined = []
  const ours = (of: string, act: () => void) =>
    early ? void early.push(() => of === job && act()) : of === job && act()
  app.on('sample.tokens', (event) =>
    ours(event.job, () => {
      tokens.push(...event.tokens)
      if (!out.json) out.raw(harmless(event.tokens.map((token) => token.text).join('')))
    }),
  )
  app.on('sample.done', (event) => ours(event.job, () => done.resolve(event)))

  const started = await app.call('sample.start', { id, ...flags })
  job = started.job
  if (!out.json) out.raw(harmless(flags.prime ?? ''))
  for (const act of early) act()
  early = undefined
  const left = await Promise.race([done.promise.then(() => undefined), leave.asked])
  if (left !== undefined) await app.call('sample.stop', { job }).catch(() => undefined)
  const { error } = left === undefined ? await done.promise : { error: null }
  if (error) throw new UnrollError(error.code, error.message, error.details)
  if (!out.json) out.raw('\n')
  const text = tokens.map((token) => token.text).join('')
  out.object({ run: id, step: started.step, seed: started.seed, prime: flags.prime ?? '', text, tokens })
  return left ?? 0
}
