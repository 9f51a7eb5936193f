// All registries as plain data: what the launch form, signal menus, command-line help and docs tables are drawn from.
import type { Catalog } from '../contract/catalog.ts'
import { fromGroups, optionGroups } from '../contract/config.ts'
import { fieldsOf } from '../contract/fields.ts'
import { cellInfo, cells, imageCells } from './cells/index.ts'
import { taskInfo } from './tasks/defineTask.ts'
import { tasks } from './tasks/index.ts'
import { withExpectation } from './tasks/promises.ts'

export const catalog = (): Catalog => ({
  cells: [...cells, ...imageCells].map(cellInfo),
  presets: tasks.flatMap((row) => row.presets.map(withExpectation)),
  tasks: tasks.map(taskInfo),
  fields: fromGroups((group) => fieldsOf(optionGroups[group], group)),
})
