// What stands under the help of the commands that take --set: the names of all settings, group by group, from the options' rows.
import { dataConfig, modelConfig, trainConfig } from '../../contract/config.ts'
import { fieldsOf, type Field } from '../../contract/fields.ts'

const width = 78

/** A group and the names in it, wrapped. */
function groupLines(title: string, fields: readonly Field[]): string[] {
  const lines = [`  ${title}`]
  for (const { path } of fields) {
    const word = ` ${path.slice(path.indexOf('.') + 1)}`
    if (lines.at(-1)!.length + word.length > width) lines.push('   ')
    lines.push(`${lines.pop()!}${word}`)
  }
  return lines
}

/** For `addHelpText('after', ...)`. */
export function settingsHelp(): string {
  const data = dataConfig.options.flatMap((schema) =>
    groupLines(`data (data.kind=${schema.shape.kind.value}):`, fieldsOf(schema, 'data')),
  )
  return [
    '',
    'Settings for --set, KEY being the group and the name, such as train.lr:',
    ...data,
    ...groupLines('model:', fieldsOf(modelConfig, 'model')),
    ...groupLines('train:', fieldsOf(trainConfig, 'train')),
    '"unroll catalog train.lr" explains one, "unroll catalog train." a group,',
    '"unroll catalog lstm" a cell with its options.',
  ].join('\n')
}
