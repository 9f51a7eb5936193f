// `unroll analyse lyapunov RUN`: growth rates of small changes of the state.
import type { Command } from 'commander'
import { figure, table } from '../format.ts'
import { number, refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, inputsFlag, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  symbol?: string
  inputs?: number[]
  steps?: number
  exponents?: number
}

export function addLyapunov(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('lyapunov')
    .description('Lyapunov exponents: how fast small changes of the state grow or fade')
    .argument('<run>')
  textFlags(command)
    .option('--symbol <symbol>', 'read this symbol at every step instead of a text')
    .addOption(inputsFlag)
    .option('--steps <n>', 'steps; 600 if left out', number('steps'))
    .option('--exponents <n>', 'how many, the largest first; 20 if left out', number('exponents'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        if (flags.symbol !== undefined)
          refuseFlags(flags, ['text', 'offset', 'length'], 'no text is read with --symbol')
        const run = await analysedRun(app, word, true)
        const { symbol, inputs, steps, exponents } = flags
        // A symbol needs no text, but the command reads one.
        const read = symbol === undefined ? textInput(flags) : { text: symbol, step: flags.step }
        const input = { ...read, id: run.id, symbol, inputs, steps, exponents }
        const found = await app.call('inspect.lyapunov', input)
        cli.out.object({ run: run.id, ...found })
        const largest = found.exponents[0]!
        const [unit, units] = run.task.abilities.readsNumbers ? ['step', 'steps'] : ['symbol', 'symbols']
        cli.out.line(
          `${found.counted} steps counted at step ${found.step}; the state has ${found.stateSize} values`,
        )
        const memory =
          largest < 0 ? `, so a small change fades to 1/e in ${figure(-1 / largest)} ${units}` : ''
        cli.out.line(`largest exponent ${figure(largest)} nats per ${unit}${memory}`)
        const rows = Array.from(found.exponents, (value, i) => [
          String(i + 1),
          figure(value),
          figure(found.firstHalf[i]),
          figure(found.secondHalf[i]),
        ])
        for (const line of table(['exponent>', `nats per ${unit}>`, 'first half>', 'second half>'], rows))
          cli.out.line(line)
      }),
    )
}
