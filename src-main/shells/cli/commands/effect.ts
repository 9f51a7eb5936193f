// `unroll inspect RUN --effect ...`, `--ablate ...` and `--patch ...`: what interventions do to the loss.
import type { InterventionEffect, LossClass } from '../../../contract/effect.ts'
import { effectsCsv } from '../../../contract/heat/findingTables.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { RunRow } from '../../../contract/run.ts'
import { layerSizes } from '../../../contract/shape.ts'
import type { App } from '../../appInterface.ts'
import { writeFinding, type FileFlags } from '../findingFile.ts'
import { figure, table } from '../format.ts'
import { layerIndex } from '../options.ts'
import type { Cli } from '../run.ts'

export interface EffectFlags extends FileFlags {
  effect?: string[]
  ablate?: string
  split?: string
  text?: string
  offset?: number
  length?: number
  layer?: number
  signal?: string
  step?: number
  top?: number
  patch?: string
  at?: number
}

/** Classes shown in the terminal: the most frequent ones. */
const shownClasses = 8

/** Each --effect is a variant; several interventions of one variant are separated by ";". */
export async function effect(cli: Cli, app: App, id: string, flags: EffectFlags): Promise<void> {
  const { text, offset, length, step, split: predicate } = flags
  const variants = flags.effect!.map((variant) => variant.split(/;\s*(?=L\d)/))
  const found = await app.call('inspect.effect', { id, variants, predicate, text, offset, length, step })
  if (flags.export !== undefined) return writeFinding(flags, id, effectsCsv(found), cli.out)
  cli.out.object({ run: id, ...found })
  print(cli, found, found.effects)
}

export async function ablation(
  cli: Cli,
  app: App,
  { id, config }: RunRow,
  flags: EffectFlags,
): Promise<void> {
  const { text, offset, length, step, signal, layer = 1, split: predicate, top = 10 } = flags
  const found = await app.call('inspect.ablation', {
    id,
    layer: layerIndex(layer, layerSizes(config.model).length),
    signal,
    operation: flags.ablate,
    predicate,
    text,
    offset,
    length,
    step,
  })
  if (flags.export !== undefined) return writeFinding(flags, id, effectsCsv(found), cli.out)
  cli.out.object({ run: id, ...found })
  print(cli, found, found.effects.toSorted((a, b) => b.all - a.all).slice(0, top))
}

/** Units of the corrupted text patched at one position with their values over --text; those that recover most. */
export async function patch(cli: Cli, app: App, { id, config }: RunRow, flags: EffectFlags): Promise<void> {
  const { text: clean, patch: corrupted = '', signal, step, layer = 1, at, top = 10 } = flags
  if (clean === undefined || at === undefined)
    throw new UnrollError(
      'E_ARG',
      '--patch: give the clean text with --text and the position of the patch with --at.',
    )
  const index = layerIndex(layer, layerSizes(config.model).length)
  const found = await app.call('inspect.patch', {
    id,
    clean,
    corrupted,
    layer: index,
    signal,
    step,
    at: [at],
  })
  cli.out.object({ run: id, ...found, layer })
  const gap = found.clean - found.corrupted
  cli.out.line(
    `log p of the last symbol at step ${found.step}: clean ${figure(found.clean)}, corrupted ${figure(found.corrupted)}, gap ${figure(gap)} nats`,
  )
  const units = [...found.recovery.entries()].sort(([, a], [, b]) => b - a).slice(0, top)
  for (const line of table(
    ['unit>', 'share of the gap recovered>'],
    units.map(([unit, share]) => [String(unit), figure(share)]),
  ))
    cli.out.line(line)
}

function print(
  { out }: Cli,
  { positions, step, loss, classes }: InterventionEffect,
  effects: InterventionEffect['effects'],
): void {
  out.line(
    `change of the loss in nats over ${positions} symbols at step ${step}; without interventions ${figure(loss)}`,
  )
  const shown = [...classes.entries()].sort(([, a], [, b]) => b.count - a.count).slice(0, shownClasses)
  const head = ['interventions', 'all>', ...shown.map(([, one]) => `${className(one)}>`)]
  const rows = effects.map(({ interventions, all, classes: deltas }) => [
    interventions.join('; '),
    signed(all),
    ...shown.map(([i]) => signed(deltas[i]!)),
  ])
  for (const line of table(head, rows)) out.line(line)
}

const className = ({ name, held, count }: LossClass): string =>
  `${name}${held === null ? '' : held ? ' (held)' : ' (not)'} ×${count}`

const signed = (value: number): string => `${value > 0 ? '+' : ''}${figure(value)}`
