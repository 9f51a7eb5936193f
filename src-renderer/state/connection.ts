// The client used by all stores, set once before the page is mounted (or by a test).
import type { Client } from '@contract/api.ts'
import type { PageClient } from '../client/index.ts'

/** The client; tests may omit the members about the connection. */
export type StoreClient = Client & Partial<PageClient>

let current: StoreClient | undefined

export function setClient(client: StoreClient): void {
  current = client
}

/** The client; throws if none was set. */
export function useClient(): StoreClient {
  if (!current) throw new Error('connection: setClient was not called before the first store was used')
  return current
}
