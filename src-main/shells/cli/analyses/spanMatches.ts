// `unroll analyse span RUN --span FROM-TO`: the units that are on at a span of the text, and other places where they are.
import { Option, type Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import { layerSizes } from '../../../contract/shape.ts'
import { strictSides, type StrictSide } from '../../../contract/spanMatches.ts'
import { figure, table } from '../format.ts'
import { layerIndex, number, refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  span: string
  contrast?: boolean
  signal?: string
  layer?: number
  threshold?: number
  quantile?: number
  strict?: StrictSide
  sameLength?: boolean
  top?: number
}

const shown = 20

export function addSpanMatches(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('span')
    .description('units that are on at a span of the text, and other places where they are')
    .argument('<run>')
    .requiredOption('--span <from-to>', 'first and last symbol of the span, such as 120-140')
  textFlags(command)
    .option('--contrast', 'rank units by how well they separate the span from 60 symbols on each side')
    .option('--signal <id>', 'signal of the units; tanh_c, or h without one, if left out')
    .option('--layer <n>', 'one layer, counted from 1; all layers together if left out', number('layer'))
    .option('--threshold <x>', 'value above which a unit is on; 0.3 if left out', number('threshold'))
    .option('--quantile <q>', "instead: this quantile of each unit's values", number('quantile'))
    .addOption(
      new Option('--strict <side>', 'where units must be off; none if left out').choices(strictSides),
    )
    .option('--same-length', 'only matches as long as the span')
    .option('--top <n>', 'most matches; 50 if left out', number('top'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const { contrast, signal, threshold, quantile, strict, sameLength, top } = flags
        if (contrast)
          refuseFlags(
            flags,
            ['threshold', 'quantile', 'strict', 'sameLength'],
            'with --contrast thresholds follow from the span',
          )
        const run = await analysedRun(app, word)
        const layer =
          flags.layer === undefined ? undefined : layerIndex(flags.layer, layerSizes(run.config.model).length)
        const found = await app.call('inspect.spanMatches', {
          ...textInput(flags),
          id: run.id,
          ...spanOf(flags.span),
          mode: contrast ? 'contrast' : 'overlap',
          ...{ signal, layer, threshold, quantile, strict, sameLength, top },
        })
        const units = found.units.map((unit) => ({ ...unit, layer: unit.layer + 1 }))
        cli.out.object({ run: run.id, ...found, units })
        const quoted = (from: number, to: number) => JSON.stringify(textOf(found, from, to))
        cli.out.line(
          `${quoted(found.from, found.to)} at step ${found.step}: ${contrast ? `the first ${units.length} units by contrast` : `${units.length} signed units of ${found.signal} are on throughout`}`,
        )
        const unitRows = units
          .slice(0, shown)
          .map(({ layer, unit, sign, threshold, inside, outside, auc }) => [
            String(layer),
            String(unit),
            sign > 0 ? '+' : '-',
            ...[auc, inside, outside, threshold].map(figure),
          ])
        const unitHead = ['layer>', 'unit>', 'sign', 'AUC>', 'inside>', 'beside>', 'threshold>']
        for (const line of table(unitHead, unitRows)) cli.out.line(line)
        const rows = found.matches.map(({ from, to, shared, union }) => [
          `${from}-${to}`,
          String(shared),
          String(union),
          quoted(Math.max(0, from - 12), from - 1),
          quoted(from, to),
        ])
        for (const line of table(['match>', 'shared>', 'union>', 'before', 'text'], rows)) cli.out.line(line)
      }),
    )
}

/** The symbols from .. to, at most 60 of them, with the white space between. */
function textOf(
  { tokens, spaces }: { tokens: readonly string[]; spaces: readonly string[] },
  from: number,
  to: number,
): string {
  const part = tokens
    .slice(from, Math.min(to, from + 59) + 1)
    .map((token, k) => `${k > 0 ? (spaces[from + k] ?? '') : ''}${token}`)
  return part.join('') + (to - from >= 60 ? '…' : '')
}

/** "120-140"; throws E_ARG for anything else. */
function spanOf(text: string): { from: number; to: number } {
  const ends = /^(\d{1,6})-(\d{1,6})$/.exec(text)
  if (ends) return { from: Number(ends[1]), to: Number(ends[2]) }
  throw new UnrollError(
    'E_ARG',
    `--span: ${JSON.stringify(text)}; expected the first and the last symbol, such as 120-140.`,
    { path: 'span' },
  )
}
