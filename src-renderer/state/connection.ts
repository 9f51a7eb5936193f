// The one client that all stores talk through, set once before the page is mounted (or by a test).
import type { PageClient } from '../client/index.ts'

let current: PageClient | undefined

export function setClient(client: PageClient): void {
  current = client
}

/** Throws if the page was mounted before a client was given. */
export function useClient(): PageClient {
  if (!current) throw new Error('connection: setClient was not called before the first store was used')
  return current
}
