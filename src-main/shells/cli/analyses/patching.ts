// `unroll analyse patch RUN --text CLEAN --corrupted TEXT`: which unit, at which position, brings log p of the last symbol back.
import type { Command } from 'commander'
import { largest } from '../../../contract/longLists.ts'
import { layerSizes } from '../../../contract/shape.ts'
import { figure, table } from '../format.ts'
import { layerIndex, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun } from './analysisRun.ts'

interface Flags {
  text: string
  corrupted: string
  signal?: string
  layer?: number
  at?: number
  step?: number
  top?: number
}

export function addPatching(analyse: Command, cli: Cli): void {
  analyse
    .command('patch')
    .description(
      'units of a corrupted text set, one by one and at each position, to their values over the clean text',
    )
    .argument('<run>')
    .requiredOption('--text <text>', 'the clean text; log p of its last symbol is measured')
    .requiredOption('--corrupted <text>', 'as many symbols, the last one the same')
    .option('--signal <id>', 'signal of the units; h if left out')
    .option('--layer <n>', 'layer of the units, counted from 1; 1 if left out', number('layer'))
    .option('--at <n>', 'one position, from 0; all from the first difference on if left out', number('at'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--top <n>', 'units to print; 10 if left out', number('top'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { text: clean, corrupted, signal, layer = 1, at: one, step, top = 10 } = flags
        const found = await app.call('inspect.patch', {
          id: run.id,
          ...{ clean, corrupted, signal, step },
          layer: layerIndex(layer, layerSizes(run.config.model).length),
          ...(one !== undefined && { at: [one] }),
        })
        cli.out.object({ run: run.id, ...found, layer })
        const { at, units, tokens, recovery } = found
        cli.out.line(
          `log p(${JSON.stringify(tokens.clean.at(-1))}) at step ${found.step}: clean ${figure(found.clean)}, corrupted ${figure(found.corrupted)}, gap ${figure(found.clean - found.corrupted)} nats`,
        )
        const best = Array.from({ length: units }, (_, unit) => {
          const shares = at.map((_, p) => recovery[p * units + unit]!)
          const most = largest(shares)
          const mean = shares.reduce((a, b) => a + b, 0) / at.length
          return { unit, mean, most, position: at[shares.indexOf(most)] }
        }).sort((a, b) => b.mean - a.mean)
        const rows = best
          .slice(0, top)
          .map(({ unit, mean, most, position }) => [
            String(unit),
            figure(mean),
            figure(most),
            figure(position),
            position === undefined ? '—' : JSON.stringify(tokens.clean[position]),
          ])
        const head = ['unit>', 'mean recovered>', 'most>', 'at position>', 'after']
        for (const line of table(head, rows)) cli.out.line(line)
      }),
    )
}
