// The registry: a cell that stands here is in the launch form, the terminal, the signal menus, checkpoints and tests.
import { z } from 'zod'
import { fieldsOf } from '../../contract/fields.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import { parseWith } from '../../contract/validate.ts'
import type { CellInfo } from '../../contract/catalog.ts'
import type { CellOption } from '../../contract/config.ts'
import type { Cell } from './cell.ts'
import { elman } from './elman.ts'
import { feedforward } from './feedforward.ts'
import { gru } from './gru.ts'
import { clockwork } from './clockwork.ts'
import { irnn } from './irnn.ts'
import { jordan } from './jordan.ts'
import { layernormLstm } from './layernormLstm.ts'
import { leaky } from './leaky.ts'
import { lstm } from './lstm.ts'
import { lstmVariant } from './lstmVariant.ts'
import { miGru } from './miGru.ts'
import { miLstm } from './miLstm.ts'
import { miRnn } from './miRnn.ts'
import { peephole } from './peephole.ts'
import { rnn } from './rnn.ts'

export const cells: readonly Cell[] = [
  lstm,
  gru,
  rnn,
  elman,
  jordan,
  feedforward,
  irnn,
  leaky,
  peephole,
  lstmVariant,
  miRnn,
  miLstm,
  miGru,
  layernormLstm,
  clockwork,
]

/** The cell of that id; throws E_CONFIG_UNKNOWN naming the nearest. */
export function cellById(id: string): Cell {
  const cell = cells.find((c) => c.id === id)
  if (cell) return cell
  const ids = cells.map((c) => c.id)
  const near = nearest(id, ids)
  const hint = near ? `did you mean ${near}?` : `known cells: ${ids.join(', ')}.`
  throw new UnrollError('E_CONFIG_UNKNOWN', `model.cell: there is no cell "${id}"; ${hint}`, {
    path: 'model.cell',
  })
}

/** Options of a cell with defaults filled in; throws E_CONFIG_UNKNOWN or E_CONFIG_RANGE with the key's path. */
export function cellOptions(cell: Cell, given: Record<string, CellOption>): Record<string, CellOption> {
  const schema = z.strictObject({ model: z.strictObject({ options: cell.options }) })
  return parseWith(schema, { model: { options: given } }, 'config', 'configuration').model.options as Record<
    string,
    CellOption
  >
}

export const cellInfo = (cell: Cell): CellInfo => ({
  id: cell.id,
  title: cell.title,
  paper: cell.paper,
  about: cell.about,
  signals: [...cell.signals],
  fields: fieldsOf(cell.options, 'model.options'),
})
