// `unroll sample RUN`: writes text with a trained network, symbol by symbol as it comes; a run on images draws pictures.
import type { Command } from 'commander'
import { whyNoSample } from '../../../contract/taskInfo.ts'
import type { Events } from '../../../contract/events.ts'
import { unknownWords, type SampleToken } from '../../../contract/inspect.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { append } from '../../../contract/longLists.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { number, refuseFlags } from '../options.ts'
import { imageLines } from '../images.ts'
import type { Cli } from '../run.ts'

interface Flags {
  prime?: string
  length?: number
  temperature?: number
  topK?: number
  topP?: number
  unknown?: boolean
  seed?: number
  step?: number
  count?: number
  rows?: number
  picture?: number
}

export function sampleCommand(program: Command, cli: Cli): void {
  program
    .command('sample')
    .description('write text with a run; draw pictures with a run on images')
    .argument('<run>')
    .option('--prime <text>', 'what the text begins with')
    .option('--length <n>', 'symbols to write', number('length'))
    .option('--temperature <t>', '0 takes the likeliest; 1 is the model itself', number('temperature'))
    .option('--top-k <n>', 'only the n likeliest symbols; 0 = all', number('top-k'))
    .option('--top-p <p>', 'only the likeliest symbols that make up p', number('top-p'))
    .option('--unknown', unknownWords.help)
    .option('--seed <n>', 'same seed, same text or pictures', number('seed'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--count <n>', 'pictures to draw', number('count'))
    .option('--rows <n>', 'upper rows that are given; the rest is drawn', number('rows'))
    .option('--picture <n>', 'number of the picture whose rows are given', number('picture'))
    .action((word: string, flags: Flags) =>
      cli.start(
        async (app) => {
          const run = await findRun(app, word)
          const why = whyNoSample(run.task)
          if (why)
            throw new UnrollError('E_ARG', `${run.name} ${why}.`, {
              advice: { action: 'show', run: run.id },
            })
          return run.task.abilities.generates === 'images'
            ? draw(cli, app, run.id, flags)
            : write(cli, app, run.id, flags)
        },
        { graceful: true },
      ),
    )
}

async function draw({ out }: Cli, app: App, id: string, flags: Flags): Promise<number> {
  refuseFlags(
    flags,
    ['prime', 'length', 'topK', 'topP', 'unknown'],
    'this run draws pictures; that is for text',
  )
  const answer = await app.call('sample.pictures', { id, ...flags })
  const { drawn, originals, seed, step } = answer
  for (const line of imageLines(drawn, out)) out.painted(line)
  if (originals) {
    out.line('\noriginals')
    for (const line of imageLines(originals, out)) out.painted(line)
  }
  out.line(`\nstep ${step}, seed ${seed}`)
  out.object({ run: id, step, seed, drawn, ...(originals && { originals }) })
  return 0
}

async function write(cli: Cli, app: App, id: string, flags: Flags): Promise<number> {
  refuseFlags(flags, ['count', 'rows', 'picture'], 'this run writes text; that is for pictures')
  const { out, leave } = cli
  const tokens: SampleToken[] = []
  const done = Promise.withResolvers<Events['sample.done']>()
  // Tokens can come before the start has answered with the job's name.
  let job = ''
  let early: (() => void)[] | undefined = []
  /** The given text comes with the first token, so that a refusal stands alone. */
  let begun = false
  const begin = () => {
    if (!begun && !out.json) out.raw(flags.prime ?? '')
    begun = true
  }
  const ours = (of: string, act: () => void) =>
    early ? void early.push(() => of === job && act()) : of === job && act()
  app.on('sample.tokens', (event) =>
    ours(event.job, () => {
      append(tokens, event.tokens)
      begin()
      if (!out.json) out.raw(event.tokens.map((token) => token.text).join(''))
    }),
  )
  app.on('sample.done', (event) => ours(event.job, () => done.resolve(event)))

  const started = await app.call('sample.start', { id, ...flags })
  job = started.job
  for (const act of early) act()
  early = undefined
  const left = await Promise.race([done.promise.then(() => undefined), leave.asked])
  if (left !== undefined) await app.call('sample.stop', { job }).catch(() => undefined)
  const { error } = left === undefined ? await done.promise : { error: null }
  if (error) throw new UnrollError(error.code, error.message, error.details)
  begin()
  if (!out.json) out.raw('\n')
  const text = tokens.map((token) => token.text).join('')
  out.object({ run: id, step: started.step, seed: started.seed, prime: flags.prime ?? '', text, tokens })
  return left ?? 0
}
