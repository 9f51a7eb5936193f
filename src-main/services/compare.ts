// Compares two or more runs: the options that differ, and the best and last value of every metric.
import type { RunComparison } from '../contract/api.ts'
import { comparisonKey } from '../contract/comparison.ts'
import { directionOf, type Direction } from '../contract/metrics.ts'
import type { MetricSummary, RunId } from '../contract/run.ts'
import { effectiveModel } from '../contract/shape.ts'
import type { Tables } from '../store/tables.ts'
import { comparedClaims } from './comparedClaims.ts'
import { recordIn } from './records.ts'

type Value = string | number | boolean

/** `{ optimizer: { lr: 1 } }` -> `optimizer.lr` -> 1, without the run's name. */
export function flatten(value: object, prefix = ''): Map<string, Value> {
  const flat = new Map<string, Value>()
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    const path = prefix ? `${prefix}.${key}` : key
    if (path === 'name' || path === 'claims') continue
    if (member !== null && typeof member === 'object')
      for (const [inner, leaf] of flatten(member, path)) flat.set(inner, leaf)
    else if (member !== undefined && member !== null) flat.set(path, member as Value)
  }
  return flat
}

function best(summary: MetricSummary | undefined, direction: Direction) {
  if (!summary || !direction) return { value: null, step: null }
  const value = summary[direction]
  return !Number.isFinite(value) ? { value: null, step: null } : { value, step: summary[`${direction}Step`] }
}

/** Throws E_NOT_FOUND. */
export function compare(tables: Tables, ids: readonly RunId[]): RunComparison {
  const rows = tables.runs.rows(ids.map((id) => recordIn(tables, id)))
  const configs = rows.map(({ config }) => flatten({ ...config, model: effectiveModel(config.model) }))
  const paths = [...new Set(configs.flatMap((config) => [...config.keys()]))]
  const settings = paths.map((path) => ({ path, values: configs.map((config) => config.get(path) ?? null) }))
  const isSame = ({ values }: { values: unknown[] }) => values.every((value) => value === values[0])
  const names = [...new Set(rows.flatMap((row) => row.summaries.map((summary) => summary.name)))].sort()
  return {
    runs: rows.map(({ id, name, status, step, trashedAt }) => ({ id, name, status, step, trashedAt })),
    differences: settings.filter((setting) => !isSame(setting)),
    same: settings.filter(isSame).map(({ path, values }) => ({ path, value: values[0]! })),
    metrics: names.map((name) => {
      const summaries = rows.map((row) => row.summaries.find((summary) => summary.name === name))
      const direction = rows.map(({ task }) => directionOf(name, task)).find((found) => found) ?? null
      const meanings = rows.map((row) => comparisonKey(name, row))
      const bests = summaries.map((summary) => best(summary, direction))
      return {
        name,
        direction,
        like: meanings.map((meaning) => meanings.indexOf(meaning)),
        best: bests.map(({ value }) => value),
        bestStep: bests.map(({ step }) => step),
        last: summaries.map((summary) => summary?.last ?? null),
      }
    }),
    claims: comparedClaims(tables, rows),
  }
}
