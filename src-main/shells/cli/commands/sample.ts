// `unroll sample RUN`: generates text with a trained network and prints each symbol as it comes; a pixel model generates images, a music model
// continues a piece.
import type { Command } from 'commander'
import { whyNoSample } from '../../../contract/taskInfo.ts'
import type { Events } from '../../../contract/events.ts'
import { unknownWords, type SampleToken } from '../../../contract/inspect.ts'
import { interventionHelp } from '../../../contract/intervention.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { append } from '../../../contract/longLists.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { collect, number, refuseFlags } from '../options.ts'
import { imageLines } from '../images.ts'
import { generateMusic } from '../generatedMusic.ts'
import type { Cli } from '../run.ts'
import type { SampleFlags } from '../sampleFlags.ts'

const musicFlags = ['piece', 'midi', 'frames', 'out', 'force'] as const

export function sampleCommand(program: Command, cli: Cli): void {
  program
    .command('sample')
    .description('generate text, images with a pixel model, or music with a music model')
    .argument('<run>')
    .option('--prime <text>', 'prompt: the text to continue, or frames of notes such as "60+64 60~+65"')
    .option('--length <n>', 'symbols or frames to generate', number('length'))
    .option(
      '--temperature <t>',
      '0 always takes the most probable; 1 samples from the predicted distribution',
      number('temperature'),
    )
    .option('--top-k <n>', 'only the n most probable symbols; 0 = all', number('top-k'))
    .option(
      '--top-p <p>',
      'only the most probable symbols with total probability p; 1 = all',
      number('top-p'),
    )
    .option('--unknown', unknownWords.help)
    .option('--seed <n>', 'same seed, same text, images or music', number('seed'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--intervene <intervention>', `${interventionHelp}; repeatable`, collect)
    .option('--count <n>', 'images or continuations to generate', number('count'))
    .option('--rows <n>', 'upper rows copied from validation images; the rest is generated', number('rows'))
    .option('--picture <n>', 'index of the first validation image whose rows are copied', number('picture'))
    .option('--piece <n>', 'index of the held-out piece to continue', number('piece'))
    .option('--midi <file>', 'a MIDI file to continue')
    .option('--frames <n>', 'frames of the piece that are given', number('frames'))
    .option('--out <file>', 'write the music as a MIDI file, .mid')
    .option('--force', 'with --out: replace the file if it exists')
    .action((word: string, flags: SampleFlags) =>
      cli.start(
        async (app) => {
          const run = await findRun(app, word)
          const why = whyNoSample(run.task)
          if (why)
            throw new UnrollError('E_ARG', `${run.name} ${why}.`, {
              advice: { action: 'show', run: run.id },
            })
          const { generates } = run.task.abilities
          if (generates === 'images') return generateImages(cli, app, run.id, flags)
          return generates === 'music'
            ? generateMusic(cli, app, run.id, flags)
            : generateText(cli, app, run.id, flags)
        },
        { graceful: true },
      ),
    )
}

async function generateImages({ out }: Cli, app: App, id: string, flags: SampleFlags): Promise<number> {
  refuseFlags(
    flags,
    ['prime', 'length', 'topK', 'topP', 'unknown', 'intervene', ...musicFlags],
    'this run generates images; the flag is for text or music',
  )
  const answer = await app.call('sample.images', { id, ...flags })
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

async function generateText(cli: Cli, app: App, id: string, flags: SampleFlags): Promise<number> {
  refuseFlags(
    flags,
    ['count', 'rows', 'picture', ...musicFlags],
    'this run generates text; the flag is for images or music',
  )
  const { out, leave } = cli
  const tokens: SampleToken[] = []
  const done = Promise.withResolvers<Events['sample.done']>()
  // Tokens may arrive before the start is answered with the job's id.
  let job = ''
  let early: (() => void)[] | undefined = []
  /** Whether the prompt was printed: it is printed with the first token, so that nothing precedes an error message. */
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

  const { intervene: interventions, ...settings } = flags
  const started = await app.call('sample.start', { id, ...settings, interventions })
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
  out.object({
    run: id,
    step: started.step,
    seed: started.seed,
    prime: flags.prime ?? '',
    ...(interventions && { interventions }),
    text,
    tokens,
  })
  return left ?? 0
}
