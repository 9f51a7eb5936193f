// `unroll inspect RUN --cell --unit N --at T`: every signal of one unit after a symbol, and its states before it.
import { valueAt, type CellValues } from '../../contract/cellValues.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { RunRow } from '../../contract/run.ts'
import { layerSizes } from '../../contract/shape.ts'
import type { App } from '../appInterface.ts'
import { figure, table } from './format.ts'
import { layerIndex } from './options.ts'
import type { Cli } from './run.ts'

interface Flags {
  text?: string
  offset?: number
  length?: number
  layer?: number
  unit?: number
  step?: number
  at?: number
}

/** Reads the text and prints the step at --at; throws E_ARG without --unit and for a position past the text. */
export async function cell({ out }: Cli, app: App, { id, config }: RunRow, flags: Flags): Promise<void> {
  const { text, offset, length, step, unit, at = 0, layer = 1 } = flags
  if (unit === undefined) throw new UnrollError('E_ARG', '--cell: choose the unit with --unit.')
  const found = await app.call('inspect.cell', {
    id,
    layer: layerIndex(layer, layerSizes(config.model).length),
    unit,
    text,
    offset,
    length,
    step,
  })
  const symbols = found.values.length / found.signals.length
  if (at < 0 || at >= symbols)
    throw new UnrollError('E_ARG', `--at: ${at} is not one of 0..${symbols - 1}, the symbols that were read.`)
  const rows = stepOf(found, at)
  out.object({ run: id, layer, unit, step: found.step, at, signals: rows })
  out.line(`unit ${unit} of layer ${layer} after symbol ${at}, at step ${found.step}`)
  for (const line of table(
    ['signal', 'role', 'before>', 'after>', ''],
    rows.map(({ signal, role, before, after, title }) => [
      signal,
      role,
      before === null ? '' : figure(before),
      figure(after),
      title,
    ]),
  ))
    out.line(line)
}

/** A row per signal; `before`: the value of a state before the step, null for what is not carried. */
const stepOf = (found: CellValues, at: number) =>
  found.signals.map(({ id: signal, title, role }, i) => ({
    signal,
    title,
    role,
    before: role === 'state' ? valueAt(found, i, at - found.back) : null,
    after: valueAt(found, i, at),
  }))
