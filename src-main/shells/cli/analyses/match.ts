// `unroll analyse match RUN OTHER`: units of a run beside their counterparts in another run or another checkpoint.
import type { Command } from 'commander'
import type { CorrelatedUnit } from '../../../contract/analyses.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  signal?: string
  otherSignal?: string
  otherStep?: number
  seed?: number
  top?: number
}

export function addMatch(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('match')
    .description('match the units of a run to those of another run by correlation over the same text')
    .argument('<run>')
    .argument('<other>', 'the other run; the same run with --other-step compares two checkpoints')
  textFlags(command)
    .option('--other-step <n>', 'the checkpoint of the other run; else its best', number('other-step'))
    .option('--signal <id>', 'signal of both runs; h if left out')
    .option('--other-signal <id>', 'signal of the other run, if it differs')
    .option('--seed <n>', 'seed of the random rotation of the baseline', number('seed'))
    .option('--top <n>', 'units to print; 20 if left out', number('top'))
    .action((word: string, otherWord: string, flags: Flags) =>
      cli.start(async (app) => {
        const [run, other] = [await analysedRun(app, word), await analysedRun(app, otherWord)]
        const { signal, otherSignal, seed, top = 20 } = flags
        const found = await app.call('inspect.match', {
          ...textInput(flags),
          id: run.id,
          other: { id: other.id, step: flags.otherStep },
          signal,
          otherSignal,
          seed,
        })
        const { units, means, positions, step, otherStep } = found
        const named = units.map((unit) => ({
          ...fromOne(unit),
          best: fromOne(unit.best),
          assigned: unit.assigned && fromOne(unit.assigned),
        }))
        const { correlations: _, otherUnits: __, ...rest } = found
        cli.out.object({ run: run.id, other: other.id, ...rest, units: named })
        cli.out.line(
          `${positions} positions; ${run.name} at step ${step}, ${other.name} at step ${otherStep}`,
        )
        cli.out.line(
          `mean |correlation|: best ${figure(means.best)}, one-to-one ${figure(means.assigned)}, rotated ${figure(means.rotated)}`,
        )
        const rows = named
          .slice(0, top)
          .map(({ layer, unit, best, mutual, assigned, rotated, excess }) => [
            String(layer),
            String(unit),
            place(best),
            figure(best.correlation),
            mutual ? 'yes' : 'no',
            place(assigned),
            figure(assigned?.correlation),
            figure(rotated),
            figure(excess),
          ])
        const head = ['layer>', 'unit>', 'best match>', 'r>', 'mutual', 'one-to-one>', 'r>', 'rotated>']
        for (const line of table([...head, 'excess>'], rows)) cli.out.line(line)
      }),
    )
}

const fromOne = <U extends { layer: number }>(unit: U): U => ({ ...unit, layer: unit.layer + 1 })
const place = (unit: Pick<CorrelatedUnit, 'layer' | 'unit'> | null) =>
  unit ? `${unit.layer}:${unit.unit}` : '—'
