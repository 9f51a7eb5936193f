// `unroll analyse classes RUN`: units that know the class of a whole line, such as the sentiment of a review.
import type { Command } from 'commander'
import { mostUsed } from '../../../contract/analyses.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  label?: string
  signal?: string
  top?: number
}

export function addClasses(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('classes')
    .description('units that know the class of a whole line, beside a sparse regression on all units')
    .argument('<run>')
  textFlags(command)
    .option('--label <label>', 'the class to tell from the others; the last of the alphabet if left out')
    .option('--signal <id>', 'the signal; the last state of the cell if left out')
    .option('--top <n>', 'units to print; 20 if left out', number('top'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { label, signal, top } = flags
        const found = await app.call('inspect.classes', {
          ...textInput(flags),
          id: run.id,
          label,
          signal,
          top,
        })
        const { units, probe, labels } = found
        const named = units.map((unit) => ({ ...unit, layer: unit.layer + 1 }))
        cli.out.object({ run: run.id, ...found, units: named, probe: { ...probe, layer: probe.layer + 1 } })
        const lines = labels.map(({ label: name, lines: count }) => `${count} ${name}`).join(', ')
        cli.out.line(`lines read: ${lines}; figures are of ${found.counted} lines, at step ${found.step}`)
        cli.out.line(
          `always saying the more frequent side of ${found.label}: accuracy ${figure(found.majority)}`,
        )
        const measured = units.some(({ wrongHold }) => wrongHold !== null)
        const rows = named.map(({ layer, unit, feature, sign, accuracy, auc, threshold, wrongHold }) => [
          String(layer),
          String(unit),
          feature,
          sign > 0 ? '+' : '-',
          figure(accuracy),
          figure(auc),
          figure(threshold),
          ...(measured ? [figure(wrongHold?.ofClass), figure(wrongHold?.rest)] : []),
        ])
        const head = [
          'layer>',
          `unit of ${found.signal}>`,
          'feature',
          'sign',
          'accuracy>',
          'AUC>',
          'threshold>',
          ...(measured ? ['held wrong: class>', 'held wrong: rest>'] : []),
        ]
        for (const line of table(head, rows)) cli.out.line(line)
        const used = mostUsed(named)
        if (used)
          cli.out.line(
            `the network uses unit ${used.unit} of layer ${used.layer} most: held as in the other class, lines of ${found.label} cost ${figure(used.wrongHold!.ofClass)} and the others ${figure(used.wrongHold!.rest)} nats per symbol more`,
          )
        else if (measured) cli.out.line('the network uses none of these units for both sides')
        cli.out.line(
          `L1 regression on all units (layer ${probe.layer + 1}, ${probe.feature}): accuracy ${figure(probe.accuracy)}, ${probe.nonZero} of ${probe.units} weights are not 0`,
        )
      }),
    )
}
