// All registries as plain data: what the launch form, signal menus, command-line help and docs tables are drawn from.
import type { Catalog } from '../contract/catalog.ts'
import {
  additionData,
  examplesData,
  imageData,
  memoryData,
  modelConfig,
  seriesData,
  textData,
  trainConfig,
} from '../contract/config.ts'
import { fieldsOf } from '../contract/fields.ts'
import { cellInfo, cells, imageCells } from './cells/index.ts'
import { presets } from './presets.ts'

export const catalog = (): Catalog => ({
  cells: [...cells, ...imageCells].map(cellInfo),
  presets: [...presets],
  fields: {
    data: {
      text: fieldsOf(textData, 'data'),
      series: fieldsOf(seriesData, 'data'),
      addition: fieldsOf(additionData, 'data'),
      image: fieldsOf(imageData, 'data'),
      memory: fieldsOf(memoryData, 'data'),
      examples: fieldsOf(examplesData, 'data'),
    },
    model: fieldsOf(modelConfig, 'model'),
    train: fieldsOf(trainConfig, 'train'),
  },
})
