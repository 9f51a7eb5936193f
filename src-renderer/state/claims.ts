// The claims of the workbench, kept up to date by events.
import type { Input } from '@contract/api.ts'
import type { StoredClaim } from '@contract/claim.ts'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useClient } from './connection.ts'

export const useClaims = defineStore('claims', () => {
  const list = shallowRef<readonly StoredClaim[]>([])
  let asked = false

  async function load(): Promise<void> {
    asked = true
    list.value = await useClient().call('claims.list', {})
  }
  /** Loads the list unless it was loaded; a failure leaves it empty until the next try. */
  const ensure = (): void => {
    if (!asked) load().catch(() => (asked = false))
  }
  const listen = (): (() => void) =>
    useClient().on('claims.changed', ({ claims }) => {
      asked = true
      list.value = claims
    })

  const add = (claim: Input<'claims.add'>): Promise<StoredClaim> => useClient().call('claims.add', claim)
  const update = (change: Input<'claims.update'>): Promise<StoredClaim> =>
    useClient().call('claims.update', change)
  const remove = (key: string): Promise<unknown> => useClient().call('claims.remove', { key })
  return { list, load, ensure, listen, add, update, remove }
})
