// All registries as plain data: what the launch form, signal menus, command-line help and docs tables are drawn from.
import type { Catalog } from '../contract/catalog.ts'
import { additionData, modelConfig, seriesData, textData, trainConfig } from '../contract/config.ts'
import { fieldsOf } from '../contract/fields.ts'
import { cellInfo, cells } from './cells/index.ts'
import { presets } from './presets.ts'

export const catalog = (): Catalog => ({
  cells: cells.map(cellInfo),
  presets: [...presets],
  fields: {
    data: {
      text: fieldsOf(textData, 'data'),
      series: fieldsOf(seriesData, 'data'),
      addition: fieldsOf(additionData, 'data'),
    },
    model: fieldsOf(modelConfig, 'model'),
    train: fieldsOf(trainConfig, 'train'),
  },
})
