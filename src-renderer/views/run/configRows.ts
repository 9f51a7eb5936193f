// Rows of a configuration by dotted key, each with the origin of its value: default, preset or run. Pure.
import type { Catalog } from '@contract/catalog.ts'
import { groupNames, type RunConfig } from '@contract/config.ts'
import { helpOf } from '@contract/fields.ts'
import { effectiveModel } from '@contract/shape.ts'

export type Leaf = string | number | boolean
export interface ConfigRow {
  path: string
  value: Leaf
  /** Origin of the value; name and seed count as default. */
  from: 'default' | 'preset' | 'run'
  /** Value without this origin: for a setting of the run that of the preset or the default, for one of the preset the default. */
  instead: Leaf | undefined
  title: string
  help: string
}

/** Leaves of nested plain objects by dotted key, in their order. */
export function leavesOf(value: object, prefix = ''): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  for (const [key, member] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (member !== null && typeof member === 'object')
      for (const [p, v] of leavesOf(member as object, path)) leaves.set(p, v)
    else if (member !== undefined) leaves.set(path, member as Leaf)
  }
  return leaves
}

/** Keys that identify the run and are not compared. */
const labels = new Set(['version', 'name', 'preset', 'seed'])

export function configRows(config: RunConfig, catalog: Catalog | null): ConfigRow[] {
  const cell = catalog?.cells.find((one) => one.id === config.model.cell)
  const task = catalog?.tasks.find((one) => one.id === config.task)
  const fields = [
    ...(task?.fields ?? []),
    ...groupNames.flatMap((group) => catalog?.fields[group] ?? []),
    ...(cell?.fields ?? []),
  ]
  const defaults = new Map<string, Leaf>()
  for (const { path, default: usual } of fields) if (usual !== undefined) defaults.set(path, usual)
  for (const { path, values, when } of task?.allowed ?? [])
    if (!when && !values.includes(defaults.get(path)!)) defaults.set(path, values[0]!)
  const preset = catalog?.presets.find((one) => one.id === config.preset)
  const ofPreset = leavesOf(preset?.config ?? {})
  const about = new Map(fields.map((field) => [field.path, field]))
  const shown = [...leavesOf({ ...config, model: effectiveModel(config.model) })].filter(
    ([path, value]) => path !== 'version' && path !== 'name' && !(path === 'preset' && value === ''),
  )
  return shown.map(([path, value]): ConfigRow => {
    const words = {
      title: about.get(path)?.title ?? path,
      help: about.has(path) ? helpOf(about.get(path)!, value) : '',
    }
    const standard = defaults.get(path)
    const expected = ofPreset.get(path) ?? standard
    if (labels.has(path) || expected === undefined || (value === expected && value === standard))
      return { path, value, from: 'default', instead: undefined, ...words }
    return value === expected
      ? { path, value, from: 'preset', instead: standard, ...words }
      : { path, value, from: 'run', instead: expected, ...words }
  })
}
