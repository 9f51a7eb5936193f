// Configurations of older versions -> keys of this one, with what was renamed, so that whoever gave an old key is told the new one.
import { UnrollError } from './errors.ts'
import type { TaskInfo } from './taskInfo.ts'

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** An old setting and what says the same now. */
export interface Renamed {
  from: string
  to: string
}

/** "data.kind is now task: task=language-model". */
export const renamedInWords = ({ from, to }: Renamed): string => `${from} is now ${to}`

type Row = Pick<TaskInfo, 'id' | 'formerly' | 'fields'>

/** Options of lines that some tasks had without reading them. */
const dropped = ['unit', 'keep']

/**
 * Up to version 2 `data.kind` said the task, with `data.format` or `data.task` beside it. A part of a configuration may say only one of
 * them. Throws E_CONFIG_RANGE for one that named no task.
 */
export function withTask(config: Plain, tasks: readonly Row[]): { config: Plain; renamed: Renamed[] } {
  const { data } = config
  if (!isPlain(data) || config['task'] !== undefined) return { config, renamed: [] }
  const keys = [...new Set(tasks.flatMap(({ formerly }) => Object.keys(formerly)))]
  const said = keys.filter((key) => Object.hasOwn(data, key))
  if (said.length === 0) return { config, renamed: [] }
  const row = tasks.find(({ formerly }) => said.every((key) => formerly[key] === data[key]))
  const words = said.map((key) => `data.${key}=${String(data[key]).slice(0, 40)}`).join(' ')
  if (!row)
    throw new UnrollError(
      'E_CONFIG_RANGE',
      `${words}: no such task. Set task to one of ${tasks.map(({ id }) => id).join(', ')}.`,
      { path: 'task' },
    )
  const has = (key: string) => row.fields.some(({ path }) => path === `data.${key}`)
  const rest = Object.entries(data).filter(
    ([key]) => !said.includes(key) && !(dropped.includes(key) && !has(key)),
  )
  return {
    config: { ...config, task: row.id, data: Object.fromEntries(rest) },
    renamed: [{ from: words, to: `task=${row.id}` }],
  }
}
