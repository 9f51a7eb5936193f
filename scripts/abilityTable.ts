// The rows of docs/tasks.md's table of abilities: which commands the runs of each task support, from the rows of the tasks themselves.
import type { RunConfig } from '../src-main/contract/config.ts'
import type { Abilities, TaskInfo } from '../src-main/contract/taskInfo.ts'
import { parseConfig } from '../src-main/engine/config.ts'
import { taskFacts } from '../src-main/engine/tasks/index.ts'

const code = (value: unknown) => `\`${String(value)}\``
const abilitiesWith = (task: string, data: object): Abilities =>
  taskFacts(parseConfig({ task, data }) as RunConfig).abilities

/** The first option of the data whose values change the abilities, with the values of each kind of abilities; one entry if none does. */
function cases({ id, fields }: TaskInfo): { where: string; abilities: Abilities }[] {
  for (const { path, choices = [] } of fields) {
    const key = path.replace(/^data\./, '')
    const groups = new Map<string, (string | number)[]>()
    for (const value of choices) {
      const found = JSON.stringify(abilitiesWith(id, { [key]: value }))
      groups.set(found, [...(groups.get(found) ?? []), value])
    }
    if (groups.size < 2) continue
    return [...groups].map(([found, values]) => ({
      where: `, ${code(path)}: ${values.map(code).join(', ')}`,
      abilities: JSON.parse(found) as Abilities,
    }))
  }
  return [{ where: '', abilities: abilitiesWith(id, {}) }]
}

/** [task, generates, answers new inputs, units are shown over, recorded predictions] for each task and, where it matters, each value of its data option. */
export const abilityRows = (tasks: readonly TaskInfo[]): string[][] =>
  tasks.flatMap((task) =>
    cases(task).map(({ where, abilities: { generates, applies, inspects, answers } }) => [
      `${task.title}${where}`,
      generates ?? 'no',
      applies ?? 'no',
      inspects ?? 'no',
      answers ?? 'no',
    ]),
  )
