// The rows of the comparison table that show settings: those that differ first, then those that all runs share, if asked for.
import type { RunComparison } from '@contract/api.ts'

export type Setting = string | number | boolean | null

/** A setting by its key path, with its value in every run. */
export interface SettingRow {
  path: string
  values: Setting[]
  /** The value is the same in all runs. */
  same: boolean
}

/** The settings that differ between the compared runs, and with `all` also those that do not. */
export function settingRows({ differences, same, runs }: RunComparison, all: boolean): SettingRow[] {
  const different = differences.map(({ path, values }) => ({
    path,
    values: values as Setting[],
    same: false,
  }))
  const shared = same.map(({ path, value }) => ({
    path,
    values: runs.map(() => value as Setting),
    same: true,
  }))
  return [...different, ...(all ? shared : [])].filter(({ path }) => path !== 'name')
}
