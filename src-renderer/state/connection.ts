// The one client that all stores talk through, set once before the page is mounted (or by a test).
import type { Client } from '@contract/api.ts'

let current: Client | undefined

export function setClient(client: Client): void {
  current = client
}

/** Throws if the page was mounted before a connection was made. */
export function useClient(): Client {
  if (!current) throw new Error('connection: setClient was not called before the first store was used')
  return current
}
