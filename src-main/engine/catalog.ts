// All registries as plain data: what the launch form, signal menus, command-line help and docs tables are drawn from.
import type { Catalog, CellInfo } from '../contract/catalog.ts'
import { fromGroups, optionGroups, type RunConfig } from '../contract/config.ts'
import { fieldsOf } from '../contract/fields.ts'
import { cellById, cellInfo, cells, imageCells } from './cells/index.ts'
import { parseConfig } from './config.ts'
import { derivedSignals } from './nn/derivedSignals.ts'
import { networkOf } from './nn/network.ts'
import { taskInfo } from './tasks/defineTask.ts'
import { tasks } from './tasks/index.ts'
import { withExpectation } from './tasks/promises.ts'

const derived = new Map<string, CellInfo['derived']>()

/** The derived signals of a cell with its usual options. */
function derivedOf(cell: string): CellInfo['derived'] {
  const { model } = parseConfig({
    seed: 0,
    model: { cell, hidden: 1, layers: cellById(cell).coupled ? 2 : 1 },
  }) as RunConfig
  const found =
    derived.get(cell) ?? derivedSignals(networkOf(model, { symbols: 2, outputs: 2, outputBias: true }))
  derived.set(cell, found)
  return found
}

export const catalog = (): Catalog => ({
  cells: [
    ...cells.map((cell) => ({ ...cellInfo(cell), derived: derivedOf(cell.id) })),
    ...imageCells.map((cell) => ({ ...cellInfo(cell), derived: [] })),
  ],
  presets: tasks.flatMap((row) => row.presets.map(withExpectation)),
  tasks: tasks.map(taskInfo),
  fields: fromGroups((group) => fieldsOf(optionGroups[group], group)),
})
