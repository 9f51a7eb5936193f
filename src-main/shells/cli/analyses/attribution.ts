// `unroll analyse attribute RUN`: what each symbol before a position contributes to its prediction, or each symbol of a text to its class.
import type { Command } from 'commander'
import type { Attribution } from '../../../contract/analyses.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  compared?: string
  at?: number
  symbol?: string
  label?: string
  replacements?: number
  integrate?: boolean
  integrationSteps?: number
}

export function addAttribution(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('attribute')
    .description(
      'what each symbol before a position contributes to log p of the symbol there; of a classifier, each symbol of a text to log p of a class',
    )
    .argument('<run>')
  textFlags(command)
    .option('--at <n>', 'position of that symbol, counted from 0; the last one if left out', number('at'))
    .option('--symbol <symbol>', 'explain log p of this symbol there instead')
    .option('--label <class>', 'of a classifier: the class; the most probable one if left out')
    .option('--compared <text>', 'of a classifier: a second text, with the class of the first one')
    .option(
      '--replacements <n>',
      'likely symbols that replace each symbol; 5 if left out',
      number('replacements'),
    )
    .option('--integrate', 'integrated gradients, too, where their completeness error is at most 0.1')
    .option('--integration-steps <n>', 'of integrated gradients; 50 if left out', number('integration-steps'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { compared, at, symbol, label, replacements, integrate, integrationSteps } = flags
        const how = { at, symbol, label, replacements, integrate, integrationSteps }
        const found = await app.call('inspect.attribution', { ...textInput(flags), id: run.id, ...how })
        if (compared !== undefined && found.label === null)
          throw new UnrollError(
            'E_ARG',
            '--compared: this run predicts the next symbol and has no classes. Leave the flag out.',
            { path: 'compared' },
          )
        cli.out.object({ run: run.id, ...found })
        writeAttribution(cli, found)
        if (compared === undefined) return
        const same = { ...how, label: found.label!, step: flags.step }
        const second = await app.call('inspect.attribution', { text: compared, id: run.id, ...same })
        cli.out.object({ run: run.id, ...second })
        cli.out.line('')
        writeAttribution(cli, second)
      }),
    )
}

function writeAttribution(cli: Cli, found: Attribution): void {
  const { tokens, target, gradient, gradientTimesInput, occlusion, horizon, integrated } = found
  const place =
    found.label === null ? `at position ${target}` : `after ${target} symbol${target === 1 ? '' : 's'}`
  cli.out.line(
    `log p(${JSON.stringify(found.label ?? found.symbol)}) = ${figure(found.logProbability)} nats ${place}, step ${found.step}`,
  )
  if (found.classes.length > 0)
    cli.out.line(
      `classes: ${found.classes
        .slice(0, 10)
        .map(({ label, probability }) => `${label} ${figure(probability)}`)
        .join(', ')}`,
    )
  if (integrated)
    cli.out.line(
      `integrated gradients: completeness error ${figure(integrated.completenessError)} with ${integrated.steps} steps${integrated.values ? '' : '; above 0.1, so they are not shown'}`,
    )
  if (found.noHorizon) cli.out.line(`gradient by states is left out: ${found.noHorizon}`)
  for (const { state, slope } of horizon)
    cli.out.line(`gradient by state ${state}: ln norm changes by ${figure(slope)} per symbol of distance`)
  const rows = tokens.map((token, t) => [
    String(t),
    JSON.stringify(token),
    figure(occlusion[t]),
    figure(gradient[t]),
    figure(gradientTimesInput[t]),
    ...horizon.map(({ norms }) => figure(norms[t])),
    ...(integrated?.values ? [figure(integrated.values[t])] : []),
  ])
  const head = ['position>', 'symbol', 'occlusion>', 'gradient>', 'gradient x input>']
  const states = horizon.map(({ state }) => `by ${state}>`)
  const last = integrated?.values ? ['integrated>'] : []
  for (const line of table([...head, ...states, ...last], rows)) cli.out.line(line)
}
