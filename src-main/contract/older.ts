// Upgrades configurations of older versions to the present keys and lists the renamed ones, so that users can be told the new names.
import { UnrollError } from './errors.ts'
import { optionNow, valueNow } from './renamedOptions.ts'
import type { TaskInfo } from './taskInfo.ts'
import { refuseHostile } from './validate.ts'

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** An option of an older version and the equivalent present one. */
export interface Renamed {
  from: string
  to: string
}

/** "data.kind is now task: task=language-model". */
export const renamedText = ({ from, to }: Renamed): string => `${from} is now ${to}`

type Row = Pick<TaskInfo, 'id' | 'formerly' | 'fields'>

interface UpgradedConfig {
  config: Plain
  renamed: Renamed[]
}

/**
 * A copy of a configuration, or of a part of one, with the task and options of older versions under their present names. Throws
 * E_CONFIG_RANGE for an unknown task and for an option given under both names, and E_CONFIG_KEY for a hostile key.
 */
export function upgradeConfig(config: Plain, tasks: readonly Row[]): UpgradedConfig {
  refuseHostile(config)
  const first = upgradeOptions(config)
  const second = upgradeTask(first.config, tasks)
  return { config: second.config, renamed: [...first.renamed, ...second.renamed] }
}

/** Data options that some tasks accepted but ignored; they are removed. */
const removedOptions = ['unit', 'truncate']

/** Up to version 2 `data.kind` was the task, together with `data.format` or `data.task`; a part of a configuration may have only one of them. */
function upgradeTask(config: Plain, tasks: readonly Row[]): UpgradedConfig {
  const { data } = config
  if (!isPlain(data) || config['task'] !== undefined) return { config, renamed: [] }
  const keys = [...new Set(tasks.flatMap(({ formerly }) => Object.keys(formerly)))]
  const givenKeys = keys.filter((key) => Object.hasOwn(data, key))
  if (givenKeys.length === 0) return { config, renamed: [] }
  const row = tasks.find(({ formerly }) => givenKeys.every((key) => formerly[key] === data[key]))
  const words = givenKeys.map((key) => `data.${key}=${String(data[key]).slice(0, 40)}`).join(' ')
  if (!row)
    throw new UnrollError(
      'E_CONFIG_RANGE',
      `${words}: no such task. Set task to one of ${tasks.map(({ id }) => id).join(', ')}.`,
      { path: 'task' },
    )
  const has = (key: string) => row.fields.some(({ path }) => path === `data.${key}`)
  const rest = Object.entries(data).filter(
    ([key]) => !givenKeys.includes(key) && !(removedOptions.includes(key) && !has(key)),
  )
  return {
    config: { ...config, task: row.id, data: Object.fromEntries(rest) },
    renamed: [{ from: words, to: `task=${row.id}` }],
  }
}

/** Up to version 3 all options of training were in `train`, and layers of different sizes in `model.sizes`. */
function upgradeOptions(given: Plain): UpgradedConfig {
  const config: Plain = {}
  const renamed: Renamed[] = []
  const section = (name: string): Plain => {
    const own = Object.hasOwn(config, name) ? config[name] : (config[name] = {})
    if (isPlain(own)) return own
    throw refusal(name, `expected an object of options such as {"${name}":{...}}.`)
  }
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
    renamed.push({ from: from === to ? assignment(from, before) : from, to: assignment(to, value) })
  }
  const sizes = upgradeSizes(section, given)
  return { config, renamed: sizes ? [...renamed, sizes] : renamed }
}

/** `train.lr=0.1`, with the value truncated to 40 characters. */
const assignment = (path: string, value: unknown): string => `${path}=${String(value).slice(0, 40)}`

/** A `model.sizes` that was not empty replaced `hidden` and `layers`; now `layers` can be a list of sizes. */
function upgradeSizes(section: (name: string) => Plain, given: Plain): Renamed | undefined {
  if (!isPlain(given['model']) || !Object.hasOwn(given['model'], 'sizes')) return undefined
  const model = section('model')
  const sizes = typeof model['sizes'] === 'number' ? String(model['sizes']) : model['sizes']
  delete model['sizes']
  if (typeof sizes !== 'string')
    throw refusal('model.sizes', 'is now model.layers, such as "400/300/200/100".')
  if (sizes === '') return undefined
  if (sizes.includes('/')) model['layers'] = sizes
  else Object.assign(model, { layers: 1, hidden: Number(sizes) })
  const to = sizes.includes('/') ? `model.layers=${sizes}` : `model.layers=1 model.hidden=${sizes}`
  return { from: 'model.sizes', to: to.slice(0, 80) }
}

const refusal = (path: string, message: string) =>
  new UnrollError('E_CONFIG_RANGE', `${path}: ${message}`, { path })
