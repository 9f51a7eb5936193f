// Configurations of older versions -> keys of this one, with what was renamed, so that whoever gave an old key is told the new one.
import { UnrollError } from './errors.ts'
import { optionNow, valueNow } from './renamedOptions.ts'
import type { TaskInfo } from './taskInfo.ts'
import { refuseHostile } from './validate.ts'

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

interface Current {
  config: Plain
  renamed: Renamed[]
}

/**
 * A configuration, or a part of one, with the task and the options of older versions under their present names. The one given is not
 * changed. Throws E_CONFIG_RANGE for one that named no task, or that says an option under both names, and E_CONFIG_KEY for a hostile key.
 */
export function current(config: Plain, tasks: readonly Row[]): Current {
  refuseHostile(config)
  const first = withOptions(config)
  const second = withTask(first.config, tasks)
  return { config: second.config, renamed: [...first.renamed, ...second.renamed] }
}

/** Options of lines that some tasks had without reading them. */
const dropped = ['unit', 'truncate']

/** Up to version 2 `data.kind` said the task, with `data.format` or `data.task` beside it. A part of a configuration may say only one of them. */
function withTask(config: Plain, tasks: readonly Row[]): Current {
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

/** Up to version 3 all options of training stood in `train`, and layers of different sizes in `model.sizes`. */
function withOptions(given: Plain): Current {
  const config: Plain = {}
  const renamed: Renamed[] = []
  const section = (name: string): Plain => (config[name] ??= {}) as Plain
  const moved: { from: string; to: string; before: unknown; value: unknown }[] = []
  for (const [group, members] of Object.entries(given)) {
    if (!isPlain(members)) {
      config[group] = members
      continue
    }
    const own = section(group)
    for (const [key, value] of Object.entries(members)) {
      const from = `${group}.${key}`
      const to = optionNow(from)
      const now = valueNow(from, value)
      if (to === from && now === value) own[key] = value
      else moved.push({ from, to, before: value, value: now })
    }
  }
  for (const { from, to, before, value } of moved) {
    const [group, key] = to.split('.') as [string, string]
    const own = section(group)
    if (from !== to && Object.hasOwn(own, key))
      throw new UnrollError(
        'E_CONFIG_RANGE',
        `${from} is now ${to}, and both are given. Leave out ${from}.`,
        {
          path: from,
        },
      )
    own[key] = value
    renamed.push({ from: from === to ? said(from, before) : from, to: said(to, value) })
  }
  const sizes = withSizes(section, given)
  return { config, renamed: sizes ? [...renamed, sizes] : renamed }
}

/** `train.lr=0.1`, a long value cut. */
const said = (path: string, value: unknown): string => `${path}=${String(value).slice(0, 40)}`

/** `model.sizes` took the place of `hidden` and `layers` unless it was empty; `layers` says both now. */
function withSizes(section: (name: string) => Plain, given: Plain): Renamed | undefined {
  if (!isPlain(given['model']) || !Object.hasOwn(given['model'], 'sizes')) return undefined
  const model = section('model')
  const sizes = typeof model['sizes'] === 'number' ? String(model['sizes']) : model['sizes']
  delete model['sizes']
  if (typeof sizes !== 'string') throw sizesMustBe()
  if (sizes === '') return undefined
  if (sizes.includes('/')) model['layers'] = sizes
  else Object.assign(model, { layers: 1, hidden: Number(sizes) })
  const to = sizes.includes('/') ? `model.layers=${sizes}` : `model.layers=1 model.hidden=${sizes}`
  return { from: 'model.sizes', to: to.slice(0, 80) }
}

const sizesMustBe = () =>
  new UnrollError('E_CONFIG_RANGE', 'model.sizes: is now model.layers, such as "400/300/200/100".', {
    path: 'model.sizes',
  })
