// `unroll analyse attribute RUN`: what each symbol before a position contributes to its prediction.
import type { Command } from 'commander'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  at?: number
  symbol?: string
  replacements?: number
  integrate?: boolean
  integrationSteps?: number
}

export function addAttribution(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('attribute')
    .description('what each symbol before a position contributes to log p of the symbol there')
    .argument('<run>')
  textFlags(command)
    .option('--at <n>', 'position of that symbol, counted from 0; the last one if left out', number('at'))
    .option('--symbol <symbol>', 'explain log p of this symbol there instead')
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
        const { at, symbol, replacements, integrate, integrationSteps } = flags
        const how = { at, symbol, replacements, integrate, integrationSteps }
        const found = await app.call('inspect.attribution', { ...textInput(flags), id: run.id, ...how })
        cli.out.object({ run: run.id, ...found })
        const { tokens, target, gradient, gradientTimesInput, occlusion, horizon, integrated } = found
        cli.out.line(
          `log p(${JSON.stringify(found.symbol)}) = ${figure(found.logProbability)} nats at position ${target}, step ${found.step}`,
        )
        if (integrated)
          cli.out.line(
            `integrated gradients: completeness error ${figure(integrated.completenessError)} with ${integrated.steps} steps${integrated.values ? '' : '; above 0.1, so they are not shown'}`,
          )
        for (const { state, slope } of horizon)
          cli.out.line(
            `gradient by state ${state}: ln norm changes by ${figure(slope)} per symbol of distance`,
          )
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
      }),
    )
}
