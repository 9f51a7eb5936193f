// The registry of cells; launch form, terminal, signal menus, checkpoints and tests are generated from it.
import { z } from 'zod'
import { fieldsOf } from '../../contract/fields.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import { parseWith } from '../../contract/validate.ts'
import type { CellInfo } from '../../contract/catalog.ts'
import type { CellOption } from '../../contract/config.ts'
import type { Cell } from './cell.ts'
import type { ImageCell } from './imageCell.ts'
import { bnLstm } from './bnLstm.ts'
import { bnRnn } from './bnRnn.ts'
import { elman } from './elman.ts'
import { feedforward } from './feedforward.ts'
import { gru } from './gru.ts'
import { clockwork } from './clockwork.ts'
import { hmLstm } from './hmLstm.ts'
import { hmRnn } from './hmRnn.ts'
import { irnn } from './irnn.ts'
import { jordan } from './jordan.ts'
import { layernormLstm } from './layernormLstm.ts'
import { leaky } from './leaky.ts'
import { lstm } from './lstm.ts'
import { lstmVariant } from './lstmVariant.ts'
import { mdLstm } from './mdLstm.ts'
import { mdRnn } from './mdRnn.ts'
import { miGru } from './miGru.ts'
import { miLstm } from './miLstm.ts'
import { miRnn } from './miRnn.ts'
import { peephole } from './peephole.ts'
import { qrnn } from './qrnn.ts'
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
  bnLstm,
  bnRnn,
  clockwork,
  qrnn,
  hmLstm,
  hmRnn,
]

/** Cells of two-dimensional networks: for images. */
export const imageCells: readonly ImageCell[] = [mdLstm, mdRnn]

/** The cell of that id; throws E_CONFIG_UNKNOWN naming the nearest, E_CONFIG_DATA for one that reads images. */
export const cellById = (id: string): Cell => find(id, cells, imageCells, 'images; sequences need')

/** The two-dimensional cell of that id; throws E_CONFIG_UNKNOWN naming the nearest, E_CONFIG_DATA for one that reads sequences. */
export const imageCellById = (id: string): ImageCell => find(id, imageCells, cells, 'sequences; images need')

/** Names of cells in other libraries: the id here, or the sentence that it is not supported. */
const cellsElsewhere = new Map([
  ...['simplernn', 'simple-rnn', 'vanilla', 'vanilla-rnn', 'tanh', 'rnn-tanh'].map(
    (name) => [name, 'rnn'] as const,
  ),
  ...['cudnnlstm', 'lstmcell', 'keras-lstm'].map((name) => [name, 'lstm'] as const),
  ...['cudnngru', 'grucell'].map((name) => [name, 'gru'] as const),
  ...['esn', 'echo-state', 'reservoir'].map((name) => [name, 'echo state networks are not here; '] as const),
  ...['transformer', 'attention', 's4', 'mamba', 'lru', 'ntm', 'sru', 'rwkv'].map(
    (name) => [name, `${name} is not here; `] as const,
  ),
])

function find<C extends { id: string }>(
  id: string,
  among: readonly C[],
  others: readonly { id: string; title: string }[],
  reads: string,
): C {
  const cell = among.find((c) => c.id === id)
  if (cell) return cell
  const path = 'model.cell'
  const ids = among.map((c) => c.id)
  const other = others.find((c) => c.id === id)
  if (other) {
    const message = `${path}: ${other.title} reads ${reads} ${among.length > 3 ? `one of ${ids.join(', ')}` : ids.join(' or ')}.`
    throw new UnrollError('E_CONFIG_DATA', message, { path })
  }
  const near = cellsElsewhere.get(id) ?? nearest(id, ids)
  const unknown = !near || !ids.includes(near)
  const hint = unknown ? `${near ?? ''}known cells: ${ids.join(', ')}.` : `did you mean ${near}?`
  throw new UnrollError('E_CONFIG_UNKNOWN', `${path}: there is no cell "${id}"; ${hint}`, { path })
}

/** Options of a cell with defaults filled in; throws E_CONFIG_UNKNOWN or E_CONFIG_RANGE with the key's path. */
export function cellOptions(
  cell: Pick<Cell, 'options'>,
  given: Record<string, CellOption>,
): Record<string, CellOption> {
  const schema = z.strictObject({ model: z.strictObject({ options: cell.options }) })
  return parseWith(schema, { model: { options: given } }, 'config', 'configuration').model.options as Record<
    string,
    CellOption
  >
}

export const cellInfo = (cell: Cell | ImageCell): Omit<CellInfo, 'derived'> => ({
  id: cell.id,
  title: cell.title,
  paper: cell.paper,
  about: cell.about,
  reads: imageCells.some(({ id }) => id === cell.id) ? 'images' : 'sequences',
  signals: [...cell.signals],
  fields: fieldsOf(cell.options, 'model.options'),
})
