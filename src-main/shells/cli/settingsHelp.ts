// Appended to the help of commands that take --set: the names of all options, by group, from the options' rows.
import { catalog } from '../../app.ts'
import { groupNames } from '../../contract/config.ts'
import type { Field } from '../../contract/fields.ts'

const width = 78

/** A group and its option names, wrapped. */
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
  const { tasks, fields } = catalog()
  const data = tasks.flatMap((task) => groupLines(`data (task=${task.id}):`, task.fields))
  return [
    '',
    'Settings for --set, KEY being the group and the name, such as optimizer.lr:',
    ...data,
    ...groupNames.flatMap((group) => groupLines(`${group}:`, fields[group])),
    '"unroll catalog optimizer.lr" explains one, "unroll catalog optimizer." a group,',
    '"unroll catalog lstm" a cell with its options.',
  ].join('\n')
}
