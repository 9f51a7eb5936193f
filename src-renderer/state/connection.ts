// The one client that all stores talk through, set once before the page is mounted (or by a test).
import type { Client } from '@contract/api.ts'
import type { PageClient } from '../client/index.ts'

/** Tests may leave out what tells about the connection. */
export type StoreClient = Client & Partial<PageClient>

let current: StoreClient | undefined

export function setClient(client: StoreClient): void {
  current = client
}

/** Throws if the page was mounted before a client was given. */
export function useClient(): StoreClient {
  if (!current) throw new Error('connection: setClient was not called before the first store was used')
  return current
}
