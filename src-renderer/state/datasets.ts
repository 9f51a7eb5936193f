// The texts of the store, kept up to date by events.
import type { Dataset, DatasetDetail } from '@contract/data.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef } from 'vue'
import { useClient } from './connection.ts'

export const useDatasets = defineStore('datasets', () => {
  const rows = shallowReactive(new Map<string, Dataset>())
  const phase = shallowRef<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const failure = shallowRef<ErrorValue | null>(null)
  /** Built-in texts first, then by name. */
  const list = computed(() =>
    [...rows.values()].sort((a, b) => Number(b.builtin) - Number(a.builtin) || a.name.localeCompare(b.name)),
  )
  const byId = (id: string): Dataset | undefined => rows.get(id)

  async function load(): Promise<void> {
    phase.value = 'loading'
    failure.value = null
    try {
      const found = await useClient().call('data.list', {})
      rows.clear()
      for (const dataset of found) rows.set(dataset.id, dataset)
      phase.value = 'ready'
    } catch (thrown) {
      failure.value = toErrorValue(thrown)
      phase.value = 'failed'
    }
  }

  function listen(): () => void {
    return useClient().on('data.changed', ({ dataset, removed }) => {
      if (dataset) rows.set(dataset.id, dataset)
      if (removed) rows.delete(removed)
    })
  }

  const detail = (id: string): Promise<DatasetDetail> => useClient().call('data.get', { id })

  /** Adds what was imported. */
  function add(made: DatasetDetail): DatasetDetail {
    rows.set(made.id, made)
    return made
  }

  async function remove(id: string): Promise<void> {
    await useClient().call('data.remove', { id })
    rows.delete(id)
  }
  return { rows, list, byId, phase, failure, load, listen, detail, add, remove }
})
