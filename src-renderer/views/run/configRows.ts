// A configuration as rows of dotted keys, with what differs from the defaults marked. Pure.
import type { Catalog } from '@contract/catalog.ts'
import { runConfig, type RunConfig } from '@contract/config.ts'
import { effectiveModel } from '@contract/shape.ts'

export type Leaf = string | number | boolean
export interface ConfigRow {
  path: string
  value: Leaf
  /** The default, where the value is another one. */
  instead: Leaf | undefined
  title: string
  help: string
}

/** Leaves of nested plain objects by dotted key, in order. */
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

/** Keys that name the run rather than describe it. */
const labels = new Set(['version', 'name', 'preset', 'seed'])

export function configRows(config: RunConfig, catalog: Catalog | null): ConfigRow[] {
  const defaults = leavesOf(runConfig.parse({ data: { kind: config.data.kind } }))
  const cell = catalog?.cells.find((one) => one.id === config.model.cell)
  const fields = [
    ...(catalog?.fields.data[config.data.kind] ?? []),
    ...(catalog?.fields.model ?? []),
    ...(catalog?.fields.train ?? []),
    ...(cell?.fields ?? []),
  ]
  for (const field of cell?.fields ?? [])
    if (field.default !== undefined) defaults.set(field.path, field.default)
  const about = new Map(fields.map((field) => [field.path, field]))
  return [...leavesOf({ ...config, model: effectiveModel(config.model) })].flatMap(([path, value]) => {
    if (path === 'version' || path === 'name' || (path === 'preset' && value === '')) return []
    const standard = defaults.get(path)
    const instead = labels.has(path) || standard === value ? undefined : standard
    return [
      { path, value, instead, title: about.get(path)?.title ?? path, help: about.get(path)?.help ?? '' },
    ]
  })
}
