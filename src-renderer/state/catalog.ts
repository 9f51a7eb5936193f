// The catalog (tasks, cells, presets, fields) and facts of the installation, loaded once at the start.
import type { AppInfo } from '@contract/api.ts'
import type { Catalog, CellInfo, Preset } from '@contract/catalog.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { MetricRow } from '@contract/metrics.ts'
import type { RunRow } from '@contract/run.ts'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useClient } from './connection.ts'

export const useCatalog = defineStore('catalog', () => {
  const catalog = shallowRef<Catalog | null>(null)
  const info = shallowRef<AppInfo | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)

  async function load(): Promise<void> {
    failure.value = null
    try {
      const client = useClient()
      ;[catalog.value, info.value] = await Promise.all([
        client.call('catalog.get', {}),
        client.call('app.info', {}),
      ])
    } catch (thrown) {
      failure.value = toErrorValue(thrown)
    }
  }
  const cell = (id: string): CellInfo | undefined => catalog.value?.cells.find((one) => one.id === id)
  /** Signals that a run can show over a text: those of its cell, then the derived ones, gradients only where the next symbol is predicted. */
  function signalsOf({ config, task }: Pick<RunRow, 'config' | 'task'>): CellInfo['signals'] {
    const { signals = [], derived = [] } = cell(config.model.cell) ?? {}
    const predicts = task.abilities.generates === 'text'
    return [...signals, ...derived.filter(({ id }) => predicts || !id.startsWith('grad_'))]
  }
  const preset = (id: string): Preset | undefined => catalog.value?.presets.find((one) => one.id === id)
  /** Metrics of these tasks in the order of charts, each name once; none while the catalog is read. */
  function metricsOf(tasks: readonly string[]): readonly MetricRow[] {
    const rows = catalog.value?.tasks.flatMap(({ id, metrics }) => (tasks.includes(id) ? metrics : [])) ?? []
    return [...new Map(rows.map((row) => [row.name, row])).values()]
  }
  return { catalog, info, failure, load, cell, signalsOf, preset, metricsOf }
})
